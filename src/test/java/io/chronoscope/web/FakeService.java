package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/// The service as the page sees it, without Kafka and model: it serves the page and answers its requests
/// from a [Store] that tests fill. For what is hard to bring about in the service: hundreds of streams,
/// tens of thousands of events, states, texts of every kind.
final class FakeService implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "txt", "text/plain; charset=utf-8");

  /// What the service knows. Survives a restart of the server.
  static final class Store {
    private final List<ObjectNode> streams = new ArrayList<>();
    private final Map<String, JsonNode> records = new LinkedHashMap<>();
    private final Map<String, ObjectNode> rules = new LinkedHashMap<>();
    private final List<ObjectNode> deadLetters = new ArrayList<>();
    private final List<Map.Entry<String, JsonNode>> changes = new ArrayList<>();

    synchronized void stream(ObjectNode facts) {
      streams.removeIf(one -> one.get("stream").equals(facts.get("stream")));
      streams.add(facts);
    }

    synchronized void deadLetter(ObjectNode letter) {
      deadLetters.add(letter);
    }

    /// Publishes a record: lists hold it, and connected pages receive it.
    synchronized void publish(JsonNode record) {
      records.put(record.get("id").textValue(), record);
      change(
          switch (record.get("type").textValue()) {
            case "io.chronoscope.gap" -> "gap";
            case "io.chronoscope.summary" -> "summary";
            case "io.chronoscope.alert" -> "alert";
            case "io.chronoscope.window.unanswered" -> "unanswered";
            default -> "event";
          },
          record);
    }

    private synchronized void change(String type, JsonNode record) {
      changes.add(Map.entry(type, record));
      notifyAll();
    }

    private synchronized List<JsonNode> list(Set<String> types, Map<String, String> query) {
      return records.values().stream()
          .filter(one -> types.contains(one.get("type").textValue()))
          .filter(
              one ->
                  !query.containsKey("to")
                      || one.get("start").textValue().compareTo(query.get("to")) < 0)
          .filter(
              one ->
                  !query.containsKey("from")
                      || one.get("end").textValue().compareTo(query.get("from")) > 0)
          .sorted(Comparator.comparing(one -> one.get("start").textValue()))
          .toList();
    }
  }

  private final Store store;
  private final HttpServer server;

  private FakeService(Store store, HttpServer server) {
    this.store = store;
    this.server = server;
  }

  /// Starts on a port, 0 for a free one.
  static FakeService start(Store store, int port) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
      FakeService service = new FakeService(store, server);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", service::answer);
      server.start();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  String address() {
    return "http://127.0.0.1:" + port() + "/";
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
      exchange
          .getResponseHeaders()
          .set(
              "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                  + " media-src 'self' blob:; connect-src 'self'; base-uri 'none';"
                  + " form-action 'none'; frame-ancestors 'none'");
      switch (path) {
        case "/api/changes" -> changes(exchange, query);
        case "/api/session" -> json(exchange, 200, session());
        case "/api/streams" -> json(exchange, 200, list(store.streams, query));
        case "/api/events" -> results(exchange, query, "io.chronoscope.event");
        case "/api/alerts" -> results(exchange, query, "io.chronoscope.alert");
        case "/api/summaries" -> results(exchange, query, "io.chronoscope.summary");
        case "/api/gaps" ->
            results(exchange, query, "io.chronoscope.gap", "io.chronoscope.window.unanswered");
        case "/api/search" -> json(exchange, 200, search(query.getOrDefault("q", "")));
        case "/api/rules" ->
            json(exchange, 200, list(List.copyOf(store.rules.values()), query));
        case "/api/dead-letters" -> json(exchange, 200, list(store.deadLetters, query));
        default -> {
          if (path.startsWith("/api/")) {
            ObjectNode problem = JSON.createObjectNode();
            problem.put("title", "Not found").put("detail", "There is no video here.");
            json(exchange, 404, problem);
          } else {
            file(exchange, path.equals("/") ? "index.html" : path.substring(1));
          }
        }
      }
    }
  }

  private static ObjectNode session() {
    ObjectNode session = JSON.createObjectNode().put("auth", "none");
    session.putArray("roles").add("viewer").add("operator");
    return session;
  }

  private void results(HttpExchange exchange, Map<String, String> query, String... types)
      throws IOException {
    json(exchange, 200, list(store.list(Set.of(types), query), query));
  }

  private ObjectNode list(List<? extends JsonNode> found, Map<String, String> query) {
    int from = Integer.parseInt(query.getOrDefault("cursor", "0"));
    int to = Math.min(found.size(), from + Integer.parseInt(query.getOrDefault("limit", "100")));
    ObjectNode page = JSON.createObjectNode();
    page.putArray("items").addAll(found.subList(from, to));
    if (to < found.size()) {
      page.put("next", Integer.toString(to));
    }
    return page;
  }

  private ObjectNode search(String words) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode items = answer.putArray("items");
    for (JsonNode event : store.list(Set.of("io.chronoscope.event"), Map.of())) {
      String text = event.get("description").textValue();
      int at = text.indexOf(words);
      if (at >= 0 && items.size() < 20) {
        ObjectNode hit = items.addObject().put("score", 1).put("confidence", 0.93);
        hit.set("hit", event);
        ArrayNode parts = hit.putArray("highlight");
        parts.addObject().put("text", text.substring(0, at)).put("match", false);
        parts.addObject().put("text", words).put("match", true);
        parts.addObject().put("text", text.substring(at + words.length())).put("match", false);
      }
    }
    return answer.put("nothingFound", items.isEmpty());
  }

  /// Server-sent events from the position that the page names, or from now on.
  private void changes(HttpExchange exchange, Map<String, String> query) throws IOException {
    String after = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    after = after == null ? query.get("after") : after;
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    int next = after == null ? store.changes.size() : Integer.parseInt(after);
    if (after == null) {
      send(out, next, "hello", "{}");
    }
    while (true) {
      Map.Entry<String, JsonNode> change = null;
      synchronized (store) {
        if (next == store.changes.size()) {
          try {
            store.wait(1_000);
          } catch (InterruptedException e) {
            return;
          }
        }
        if (next < store.changes.size()) {
          change = store.changes.get(next++);
        }
      }
      if (change == null) {
        out.write(":\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
      } else {
        send(out, next, change.getKey(), change.getValue().toString());
      }
    }
  }

  private static void send(OutputStream out, int position, String type, String data)
      throws IOException {
    out.write(
        "id: %d\nevent: %s\ndata: %s\n\n"
            .formatted(position, type, data)
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void json(HttpExchange exchange, int status, JsonNode body) throws IOException {
    exchange
        .getResponseHeaders()
        .set("Content-Type", status == 200 ? "application/json" : "application/problem+json");
    compressed(exchange, status, JSON.writeValueAsBytes(body));
  }

  private static void file(HttpExchange exchange, String name) throws IOException {
    try (InputStream in =
        FakeService.class.getResourceAsStream("/META-INF/resources/" + name)) {
      if (in == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "");
      exchange.getResponseHeaders().set("Content-Type", type);
      compressed(exchange, 200, in.readAllBytes());
    }
  }

  private static void compressed(HttpExchange exchange, int status, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    exchange.sendResponseHeaders(status, 0);
    try (OutputStream out = new GZIPOutputStream(exchange.getResponseBody())) {
      out.write(body);
    }
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> values = new HashMap<>();
    for (String part : raw == null ? new String[0] : raw.split("&")) {
      int equals = part.indexOf('=');
      values.put(
          part.substring(0, equals),
          URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return values;
  }
}
