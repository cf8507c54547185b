package io.chronoscope.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A web server with files that a test changes: an HLS playlist that grows, and its segments.
public final class HlsServer implements AutoCloseable {

  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, String> redirects = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Optional<String> authorization = Optional.empty();
  private volatile boolean failing;

  public HlsServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::serve);
    server.start();
  }

  public HlsServer put(String name, byte[] bytes) {
    files.put("/" + name, bytes);
    return this;
  }

  public HlsServer put(String name, String text) {
    return put(name, text.getBytes(StandardCharsets.UTF_8));
  }

  public HlsServer redirect(String name, String location) {
    redirects.put("/" + name, location);
    return this;
  }

  public HlsServer requireCredentials(String user, String password) {
    authorization = Optional.of(BasicAuthorization.of(user, password));
    return this;
  }

  /// Whether every request is answered by an error.
  public void failing(boolean fails) {
    failing = fails;
  }

  /// The requests so far: path, query, and what they stated as authorization.
  public List<String> requests() {
    return List.copyOf(requests);
  }

  public URI uri(String name) {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/" + name);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI uri = exchange.getRequestURI();
      String stated = exchange.getRequestHeaders().getFirst("Authorization");
      requests.add(uri + " " + stated);
      byte[] body = files.get(uri.getPath());
      String location = redirects.get(uri.getPath());
      if (failing) {
        exchange.sendResponseHeaders(503, -1);
      } else if (authorization.filter(one -> !one.equals(stated)).isPresent()) {
        exchange.sendResponseHeaders(401, -1);
      } else if (location != null) {
        exchange.getResponseHeaders().add("Location", location);
        exchange.sendResponseHeaders(302, -1);
      } else if (body == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
