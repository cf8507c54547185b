package io.chronoscope.live;

import io.chronoscope.domain.AddressRedaction;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where live video comes from. The whitelist of protocols: an address of any other is refused. No
/// address contains credentials, and its text shows no query, which may hold a token.
public sealed interface SourceAddress {

  /// The protocols, for messages.
  String PROTOCOLS =
      "rtsp://, rtsps://, http:// or https:// with an HLS playlist (.m3u8), udp:// with MPEG-TS,"
          + " a directory, or - for standard input";

  Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*)://.*");
  Pattern UDP = Pattern.compile("udp://@?(\\[[0-9a-fA-F:.]+]|[^:/?#\\[\\]]*):(\\d{1,5})/?");

  /// An RTSP server.
  record Rtsp(URI uri) implements SourceAddress {
    @Override
    public String toString() {
      return AddressRedaction.of(uri.toString());
    }
  }

  /// An HLS playlist.
  record Hls(URI uri) implements SourceAddress {
    @Override
    public String toString() {
      return AddressRedaction.of(uri.toString());
    }
  }

  /// MPEG-TS in datagrams.
  ///
  /// @param host a multicast group, an address of this machine, or empty for all of them
  record Udp(String host, int port) implements SourceAddress {
    @Override
    public String toString() {
      return "udp://" + host + ":" + port;
    }
  }

  /// MPEG-TS, fragmented MP4 or Matroska on the standard input.
  record StandardInput() implements SourceAddress {
    @Override
    public String toString() {
      return "-";
    }
  }

  /// A directory into which video files are written one after the other.
  record Folder(Path path) implements SourceAddress {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /// Whether a text is an address of a live source rather than the name of a file.
  static boolean isLive(String text) {
    return text.equals("-") || SCHEME.matcher(text).matches();
  }

  /// @throws IllegalArgumentException when no live source can have this address; says why, without
  ///   secrets
  static SourceAddress parse(String text) {
    if (text.equals("-")) {
      return new StandardInput();
    }
    Matcher scheme = SCHEME.matcher(text);
    if (!scheme.matches()) {
      return new Folder(Path.of(text));
    }
    return switch (scheme.group(1).toLowerCase(Locale.ROOT)) {
      case "rtsp", "rtsps" -> new Rtsp(uri(text));
      case "http", "https" -> {
        URI uri = uri(text);
        if (!String.valueOf(uri.getPath()).toLowerCase(Locale.ROOT).endsWith(".m3u8")) {
          throw new IllegalArgumentException(
              "%s is no HLS playlist (.m3u8); live sources are %s"
                  .formatted(AddressRedaction.of(text), PROTOCOLS));
        }
        yield new Hls(uri);
      }
      case "udp" -> udp(text);
      default ->
          throw new IllegalArgumentException(
              "%s is none of the protocols of live sources: %s"
                  .formatted(scheme.group(1) + "://", PROTOCOLS));
    };
  }

  private static URI uri(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      // The exception's message repeats the text.
      throw new IllegalArgumentException(AddressRedaction.of(text) + " is no valid address");
    }
    if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
      throw new IllegalArgumentException(
          ("%s contains credentials, which process lists and logs would show; they belong in the"
                  + " environment or a file, see docs/how-to/watch-a-camera.md")
              .formatted(AddressRedaction.of(text)));
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException(AddressRedaction.of(text) + " names no host");
    }
    return uri;
  }

  private static Udp udp(String text) {
    Matcher parts = UDP.matcher(text);
    int port = parts.matches() ? Integer.parseInt(parts.group(2)) : 0;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "%s is not udp://HOST:PORT or udp://:PORT".formatted(AddressRedaction.of(text)));
    }
    return new Udp(parts.group(1), port);
  }

  /// An id for the stream of a source that was given none.
  default String defaultStream() {
    return switch (this) {
      case Rtsp(URI uri) -> lastName(uri, uri.getHost());
      case Hls(URI uri) -> lastName(uri, uri.getHost());
      case Udp(String host, int port) -> (host.isEmpty() ? "udp" : host) + "-" + port;
      case StandardInput() -> "stdin";
      case Folder(Path path) ->
          path.toAbsolutePath().normalize().getFileName() instanceof Path name
              ? name.toString()
              : "folder";
    };
  }

  private static String lastName(URI uri, String otherwise) {
    String[] names = String.valueOf(uri.getPath()).split("/");
    for (int i = names.length - 1; i >= 0; i--) {
      String name = names[i].replaceFirst("\\.m3u8$", "");
      if (!name.isBlank() && !name.matches("(?i)index|playlist|master|live|stream")) {
        return name;
      }
    }
    return otherwise;
  }
}
