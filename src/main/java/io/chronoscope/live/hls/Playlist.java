package io.chronoscope.live.hls;

import io.chronoscope.decode.SourceRefusedException;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An HLS playlist (RFC 8216).
sealed interface Playlist {

  /// A choice between playlists of the same video.
  record Master(List<Variant> variants) implements Playlist {

    /// The best quality within a bandwidth, otherwise the least of all.
    Variant best(long maxBitsPerSecond) {
      Variant best = variants.getFirst();
      for (Variant one : variants) {
        boolean fits = one.bitsPerSecond() <= maxBitsPerSecond;
        boolean bestFits = best.bitsPerSecond() <= maxBitsPerSecond;
        if (fits && (!bestFits || one.bitsPerSecond() > best.bitsPerSecond())
            || !fits && !bestFits && one.bitsPerSecond() < best.bitsPerSecond()) {
          best = one;
        }
      }
      return best;
    }
  }

  record Variant(URI uri, long bitsPerSecond) {}

  /// The segments of a video.
  ///
  /// @param target maximum length of a segment
  /// @param ended whether no more will follow
  record Media(Duration target, boolean ended, List<Segment> segments) implements Playlist {}

  /// @param sequence its number
  /// @param discontinuity whether timestamps or codec change before it
  /// @param time absolute time of its first frame, stated for it or for one before it
  /// @param map what a reader needs before it
  record Segment(
      long sequence,
      URI uri,
      Duration duration,
      boolean discontinuity,
      Optional<Instant> time,
      Optional<Part> map,
      Optional<Range> range,
      Optional<Key> key) {}

  /// A file or a part of it.
  record Part(URI uri, Optional<Range> range) {}

  record Range(long from, long length) {}

  /// Encryption of whole segments by AES-128.
  ///
  /// @param iv 32 hexadecimal digits; otherwise the sequence number
  record Key(URI uri, Optional<String> iv) {}

  int MAX_SEGMENTS = 100_000;
  Pattern ATTRIBUTE = Pattern.compile("([A-Z0-9-]+)=(\"[^\"]*\"|[^,]*)");

  /// @param base address of the playlist
  /// @throws IOException when it is not a readable playlist; the message says why
  static Playlist parse(String text, URI base) throws IOException {
    List<String> lines = text.lines().map(String::strip).toList();
    if (lines.isEmpty() || !lines.getFirst().replace("\uFEFF", "").startsWith("#EXTM3U")) {
      throw new IOException("it is no HLS playlist: the first line is not #EXTM3U");
    }
    try {
      return lines.stream().anyMatch(line -> line.startsWith("#EXT-X-STREAM-INF:"))
          ? master(lines, base)
          : media(lines, base);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new IOException("the HLS playlist cannot be read: " + e.getMessage(), e);
    }
  }

  private static Master master(List<String> lines, URI base) throws IOException {
    List<Variant> variants = new ArrayList<>();
    @Nullable Map<String, String> attributes = null;
    for (String line : lines) {
      if (line.startsWith("#EXT-X-STREAM-INF:")) {
        attributes = attributes(line);
      } else if (!line.isEmpty() && !line.startsWith("#") && attributes != null) {
        variants.add(
            new Variant(
                base.resolve(line), Long.parseLong(attributes.getOrDefault("BANDWIDTH", "0"))));
        attributes = null;
      }
    }
    if (variants.isEmpty()) {
      throw new IOException("the HLS playlist lists no variant");
    }
    return new Master(List.copyOf(variants));
  }

  private static Media media(List<String> lines, URI base) throws IOException {
    List<Segment> segments = new ArrayList<>();
    Duration target = Duration.ofSeconds(10);
    boolean ended = false;
    long sequence = 0;
    boolean discontinuity = false;
    Duration duration = Duration.ZERO;
    Optional<Instant> time = Optional.empty();
    Optional<Part> map = Optional.empty();
    Optional<Range> range = Optional.empty();
    Protection protection = Protection.NONE;
    boolean keysFollow = false;
    long nextFrom = 0;
    for (String line : lines) {
      String value = line.substring(line.indexOf(':') + 1);
      if (line.startsWith("#EXT-X-TARGETDURATION:")) {
        target = seconds(value);
      } else if (line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) {
        sequence = Long.parseLong(value);
      } else if (line.equals("#EXT-X-ENDLIST")) {
        ended = true;
      } else if (line.equals("#EXT-X-DISCONTINUITY")) {
        discontinuity = true;
      } else if (line.startsWith("#EXTINF:")) {
        duration = seconds(value.split(",", 2)[0]);
      } else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) {
        time = Optional.of(instant(value));
      } else if (line.startsWith("#EXT-X-BYTERANGE:")) {
        range = Optional.of(range(value, nextFrom));
      } else if (line.startsWith("#EXT-X-MAP:")) {
        Map<String, String> attributes = attributes(line);
        map =
            Optional.of(
                new Part(
                    base.resolve(required(attributes, "URI", line)),
                    Optional.ofNullable(attributes.get("BYTERANGE")).map(one -> range(one, 0))));
      } else if (line.startsWith("#EXT-X-KEY:")) {
        // Several in a row are alternatives for players of different kinds.
        protection = (keysFollow ? protection : Protection.NONE).or(attributes(line), base, line);
        keysFollow = true;
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        keysFollow = false;
        protection.requireReadable();
        segments.add(
            new Segment(
                sequence++,
                base.resolve(line),
                duration,
                discontinuity,
                time,
                map,
                range,
                protection.key()));
        if (segments.size() > MAX_SEGMENTS) {
          throw new IOException(
              "the HLS playlist lists more than %d segments".formatted(MAX_SEGMENTS));
        }
        Duration length = duration;
        time = time.map(at -> at.plus(length));
        nextFrom = range.map(one -> one.from() + one.length()).orElse(0L);
        range = Optional.empty();
        discontinuity = false;
      }
    }
    return new Media(target, ended, List.copyOf(segments));
  }

  /// How segments are encrypted.
  ///
  /// @param key a way that can be read
  /// @param other names of those that cannot
  record Protection(Optional<Key> key, List<String> other) {

    static final Protection NONE = new Protection(Optional.empty(), List.of());

    /// What names of key systems begin with.
    private static final Map<String, String> KEY_SYSTEMS =
        Map.of(
            "com.apple.streamingkeydelivery", "FairPlay DRM",
            "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "Widevine DRM",
            "urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95", "PlayReady DRM",
            "com.microsoft.playready", "PlayReady DRM");

    Protection or(Map<String, String> attributes, URI base, String line) {
      String method = attributes.getOrDefault("METHOD", "NONE");
      String format = attributes.getOrDefault("KEYFORMAT", "identity");
      if (method.equals("NONE")) {
        return NONE;
      }
      if (method.equals("AES-128") && format.equals("identity")) {
        URI uri = base.resolve(required(attributes, "URI", line));
        Optional<String> iv =
            Optional.ofNullable(attributes.get("IV")).map(hex -> hex.replaceFirst("^0[xX]", ""));
        return new Protection(Optional.of(new Key(uri, iv)), List.of());
      }
      String system = KEY_SYSTEMS.getOrDefault(format.toLowerCase(Locale.ROOT), format);
      List<String> names = new ArrayList<>(other);
      names.add(format.equals("identity") ? method : method + " with a key of " + system);
      return key.isPresent() ? this : new Protection(key, List.copyOf(names));
    }

    /// @throws SourceRefusedException when there is none that can be read
    void requireReadable() throws SourceRefusedException {
      if (key.isEmpty() && !other.isEmpty()) {
        throw new SourceRefusedException(
            "the segments are encrypted by %s, which is not read here; clear segments and AES-128 are"
                .formatted(String.join(" or ", other)));
      }
    }
  }

  private static String required(Map<String, String> attributes, String name, String line) {
    String value = attributes.get(name);
    if (value == null) {
      throw new IllegalArgumentException(line.split(":", 2)[0] + " has no " + name);
    }
    return value;
  }

  private static Map<String, String> attributes(String line) {
    Map<String, String> attributes = new HashMap<>();
    Matcher attribute = ATTRIBUTE.matcher(line.substring(line.indexOf(':') + 1));
    while (attribute.find()) {
      String value = attribute.group(2);
      boolean quoted = value.length() >= 2 && value.startsWith("\"");
      attributes.put(
          attribute.group(1), quoted ? value.substring(1, value.length() - 1) : value.strip());
    }
    return attributes;
  }

  private static Range range(String text, long nextFrom) {
    String[] parts = text.split("@", 2);
    long from = parts.length == 2 ? Long.parseLong(parts[1].strip()) : nextFrom;
    return new Range(from, Long.parseLong(parts[0].strip()));
  }

  private static Duration seconds(String text) {
    double seconds = Double.parseDouble(text.strip());
    if (!(seconds >= 0 && seconds < 86_400)) {
      throw new IllegalArgumentException("a duration of " + text + " s");
    }
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  /// ISO 8601, also with an offset without a colon or without any, which then is UTC.
  private static Instant instant(String text) {
    String time = text.strip().replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2");
    return time.matches(".*(Z|[+-]\\d\\d:\\d\\d)$")
        ? OffsetDateTime.parse(time).toInstant()
        : LocalDateTime.parse(time).toInstant(ZoneOffset.UTC);
  }
}
