package io.chronoscope.live.hls;

import io.chronoscope.decode.SourceRefusedException;
import io.chronoscope.domain.AddressRedaction;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Downloads over HTTP and HTTPS, of limited size and time. Credentials go to the server that they
/// are for and to no other that it refers to. Thread-safe.
public final class HttpDownloads implements AutoCloseable {

  private static final int MAX_REDIRECTS = 5;

  private final HttpClient client;
  private final URI origin;
  private final Optional<String> authorization;
  private final Duration timeout;

  /// A download and the address that it came from after redirects.
  record Download(URI uri, byte[] bytes) {}

  /// @param origin the server that gets the credentials
  /// @param authorization value of the header
  /// @param timeout of connecting, and of one request until its last byte
  public HttpDownloads(URI origin, Optional<String> authorization, Duration timeout) {
    this.origin = origin;
    this.authorization = authorization;
    this.timeout = timeout;
    // Redirects are followed here, because the client would take the credentials along.
    this.client =
        HttpClient.newBuilder().followRedirects(Redirect.NEVER).connectTimeout(timeout).build();
  }

  /// @throws SourceRefusedException when the server wants other credentials
  /// @throws IOException when it cannot be downloaded, or is larger than `maxBytes`
  Download get(URI uri, Optional<Playlist.Range> range, long maxBytes) throws IOException {
    URI at = uri;
    for (int i = 0; i <= MAX_REDIRECTS; i++) {
      HttpResponse<InputStream> response = send(at, range);
      try (InputStream body = response.body()) {
        int status = response.statusCode();
        if (status == 401 || status == 403) {
          throw new SourceRefusedException(
              "the source refuses the credentials: %s responds %d"
                  .formatted(AddressRedaction.of(at.toString()), status));
        }
        Optional<String> location = response.headers().firstValue("Location");
        if (status >= 300 && status < 400 && location.isPresent()) {
          at = redirected(at, location.get());
          continue;
        }
        if (status != 200 && status != 206) {
          throw new IOException(
              "%s responds %d".formatted(AddressRedaction.of(at.toString()), status));
        }
        return new Download(
            at, bytes(body, at, maxBytes, status == 206 ? Optional.empty() : range));
      }
    }
    throw new IOException(AddressRedaction.of(uri.toString()) + " redirects too often");
  }

  private static URI redirected(URI from, String location) throws IOException {
    try {
      return from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException(AddressRedaction.of(from.toString()) + " redirects to no address");
    }
  }

  private HttpResponse<InputStream> send(URI uri, Optional<Playlist.Range> range)
      throws IOException {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null) {
      throw new IOException(
          "a playlist refers to %s; only http and https are read"
              .formatted(AddressRedaction.of(uri.toString())));
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(timeout);
    if (isOrigin(uri)) {
      authorization.ifPresent(value -> request.header("Authorization", value));
    }
    range.ifPresent(one ->
        request.header(
            "Range", "bytes=%d-%d".formatted(one.from(), one.from() + one.length() - 1)));
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      String reason = e instanceof ConnectException ? "no connection" : e.getMessage();
      throw new IOException(
          "%s: %s"
              .formatted(
                  AddressRedaction.of(uri.toString()),
                  reason == null ? e.getClass().getSimpleName() : reason),
          e);
    }
  }

  private boolean isOrigin(URI uri) {
    return origin.getScheme().equalsIgnoreCase(uri.getScheme())
        && origin.getHost().equalsIgnoreCase(uri.getHost())
        && origin.getPort() == uri.getPort();
  }

  /// @param cut what to take when the server sends the whole file
  private byte[] bytes(InputStream body, URI from, long maxBytes, Optional<Playlist.Range> cut)
      throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      body.skipNBytes(cut.map(Playlist.Range::from).orElse(0L));
    } catch (EOFException e) {
      throw new IOException(
          AddressRedaction.of(from.toString()) + " is shorter than the range in the playlist", e);
    }
    long limit = cut.map(Playlist.Range::length).orElse(maxBytes + 1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[64 * 1024];
    int n = body.read(buffer);
    while (n > 0 && bytes.size() < limit) {
      bytes.write(buffer, 0, (int) Math.min(n, limit - bytes.size()));
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "%s takes longer than %d s"
                .formatted(AddressRedaction.of(from.toString()), timeout.toSeconds()));
      }
      n = body.read(buffer);
    }
    if (bytes.size() > maxBytes) {
      throw new IOException(
          "%s is larger than %.1f MB"
              .formatted(AddressRedaction.of(from.toString()), maxBytes / 1e6));
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
