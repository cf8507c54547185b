package io.chronoscope.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/// An object store with the part of S3 that a reader and a writer need: GET, HEAD and PUT with the
/// bucket in the path, signed requests, errors as XML. Misbehaves on demand.
public final class FakeObjectStore implements AutoCloseable {

  /// How it responds to GET and HEAD.
  public enum Behavior {
    SERVES,
    DENIES,
    FAILS,
    TRUNCATES,
    HANGS,
    REDIRECTS
  }

  public final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  public final List<String> requests = new CopyOnWriteArrayList<>();
  public volatile Behavior behavior = Behavior.SERVES;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpServer server;

  public FakeObjectStore() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::respond);
    server.start();
  }

  public URI endpoint() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  private void respond(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(exchange.getRequestMethod() + " " + path);
      byte[] body = exchange.getRequestBody().readAllBytes();
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      if (authorization == null || !authorization.startsWith("AWS4-HMAC-SHA256 Credential=")) {
        error(exchange, 403, "AccessDenied");
        return;
      }
      switch (exchange.getRequestMethod()) {
        case "PUT" -> {
          objects.put(path, body);
          exchange.getResponseHeaders().add("ETag", "\"0\"");
          exchange.sendResponseHeaders(200, -1);
        }
        case "HEAD", "GET" -> get(exchange, objects.get(path));
        default -> error(exchange, 405, "MethodNotAllowed");
      }
    }
  }

  private void get(HttpExchange exchange, byte[] object) throws IOException {
    switch (behavior) {
      case DENIES -> error(exchange, 403, "AccessDenied");
      case FAILS -> error(exchange, 503, "SlowDown");
      case REDIRECTS -> {
        exchange.getResponseHeaders().add("Location", endpoint() + "/bucket/elsewhere");
        exchange.sendResponseHeaders(307, -1);
      }
      case HANGS -> {
        try {
          closing.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      case SERVES, TRUNCATES -> {
        if (object == null) {
          error(exchange, 404, "NoSuchKey");
          return;
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, head ? -1 : object.length);
        if (!head) {
          int sent = behavior == Behavior.SERVES ? object.length : object.length / 2;
          exchange.getResponseBody().write(object, 0, sent);
          exchange.getResponseBody().flush();
        }
      }
    }
  }

  private static void error(HttpExchange exchange, int status, String code) throws IOException {
    byte[] xml =
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>no</Message>"
                + "<RequestId>1</RequestId></Error>")
            .formatted(code)
            .getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/xml");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : xml.length);
    if (!head) {
      exchange.getResponseBody().write(xml);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
  }
}
