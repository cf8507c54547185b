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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/// The service as the page sees it, without Kafka and model: it serves the page and answers its
/// requests from a [Store] that tests fill. For what is hard to bring about in the service:
/// hundreds of streams, tens of thousands of events, states, texts of every kind.
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

    /// Asks for this token before it answers anything; empty for nobody.
    private volatile String token = "";

    void requireToken(String required) {
      token = required;
    }

    synchronized void stream(ObjectNode facts) {
      streams.removeIf(one -> one.get("id").equals(facts.get("id")));
      streams.add(facts);
      change("stream", facts);
    }

    synchronized void deadLetter(ObjectNode letter) {
      deadLetters.add(letter);
    }

    /// Publishes a record: lists hold it, and connected pages receive it.
    synchronized void publish(JsonNode record) {
      records.put(record.get("id").textValue(), record);
      change("record", record);
    }

    private synchronized void change(String type, JsonNode record) {
      changes.add(Map.entry(type, record));
      notifyAll();
    }

    /// Results that overlap a span and are not withdrawn, newest first.
    private synchronized List<JsonNode> list(Map<String, String> query) {
      return records.values().stream()
          .filter(one -> !one.path("status").asText().equals("withdrawn"))
          .filter(one ->
              !query.containsKey("to")
                  || one.get("start").textValue().compareTo(query.get("to")) < 0)
          .filter(one ->
              !query.containsKey("from")
                  || one.get("end").textValue().compareTo(query.get("from")) > 0)
          .sorted(Comparator.comparing((JsonNode one) -> one.get("start").textValue()).reversed())
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
      if (path.startsWith("/api/") && !signedIn(exchange)) {
        signIn(exchange);
        return;
      }
      switch (path) {
        case "/api/updates" -> changes(exchange, query);
        case "/api/session" -> json(exchange, 200, session());
        case "/api/streams" -> json(exchange, 200, list(store.streams, query));
        case "/api/results" -> json(exchange, 200, list(store.list(query), query));
        case "/api/search" ->
            json(
                exchange,
                200,
                search(query.getOrDefault("q", ""), query.getOrDefault("ground", "")));
        case "/api/search/picture" -> searchByPicture(exchange);
        case "/api/rules" -> json(exchange, 200, list(List.copyOf(store.rules.values()), query));
        case "/api/dead-letters" -> json(exchange, 200, list(store.deadLetters, query));
        default -> {
          if (path.startsWith("/api/streams/film/")) {
            film(exchange, path);
          } else if (path.startsWith("/api/")) {
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

  /// A stream of this name has video: a sample that has to be converted, so that it comes as one
  /// clip.
  private static void film(HttpExchange exchange, String path) throws IOException {
    if (path.endsWith("/playlist.m3u8")) {
      exchange.getResponseHeaders().set("Content-Type", "application/vnd.apple.mpegurl");
      compressed(
          exchange,
          200,
          """
          #EXTM3U
          #EXT-X-VERSION:7
          #EXT-X-TARGETDURATION:29
          #EXT-X-MAP:URI="init.mp4"
          #EXT-X-PROGRAM-DATE-TIME:2026-05-04T12:00:00.000Z
          #EXTINF:29,
          media.m4s
          #EXT-X-ENDLIST
          """
              .getBytes(StandardCharsets.UTF_8));
    } else if (path.endsWith("/clip")) {
      byte[] clip = Files.readAllBytes(Path.of("video-samples/crossing.mp4"));
      exchange.getResponseHeaders().set("Content-Type", "video/mp4");
      exchange.getResponseHeaders().set("Chronoscope-Start", PageRecords.time(0));
      exchange.getResponseHeaders().set("Chronoscope-End", PageRecords.time(29));
      exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
      // Browsers seek by asking for the rest of the file from a byte on.
      String range = exchange.getRequestHeaders().getFirst("Range");
      int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, clip.length - 1, clip.length));
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(range == null ? 200 : 206, head ? -1 : clip.length - from);
      if (!head) {
        exchange.getResponseBody().write(clip, from, clip.length - from);
      }
    } else {
      json(exchange, 422, JSON.createObjectNode().put("detail", "browsers play other codecs"));
    }
  }

  private boolean signedIn(HttpExchange exchange) {
    String cookie = exchange.getRequestHeaders().getFirst("Cookie");
    return store.token.isEmpty() || (cookie != null && cookie.contains("session=yes"));
  }

  private void signIn(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("POST")
        && JSON.readTree(exchange.getRequestBody()).path("token").asText().equals(store.token)) {
      exchange.getResponseHeaders().set("Set-Cookie", "session=yes; HttpOnly; SameSite=Strict");
      json(exchange, 200, session());
    } else {
      json(exchange, 401, JSON.createObjectNode().put("detail", "the token is not known"));
    }
  }

  private static ObjectNode session() {
    ObjectNode session = JSON.createObjectNode().put("auth", "none");
    session.putArray("roles").add("viewer").add("operator");
    return session;
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

  /// The model says of every PNG that it shows a circle.
  private void searchByPicture(HttpExchange exchange) throws IOException {
    byte[] picture = exchange.getRequestBody().readAllBytes();
    boolean png = picture.length > 4 && picture[1] == 'P' && picture[2] == 'N' && picture[3] == 'G';
    if (png && "image/png".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      json(exchange, 200, search("circle", ""));
    } else {
      json(
          exchange,
          415,
          JSON.createObjectNode()
              .put("title", "The media cannot be used")
              .put("detail", "the body is no picture"));
    }
  }

  /// The model confirms every hit with narrower bounds.
  private ObjectNode search(String words, String ground) {
    ObjectNode answer = JSON.createObjectNode().put("query", words);
    ArrayNode items = answer.putArray("items");
    for (JsonNode event : store.list(Map.of())) {
      String text = event.path("description").asText();
      int at = text.indexOf(words);
      if (at >= 0 && items.size() < 20) {
        ObjectNode hit = items.addObject();
        for (String name : List.of("stream", "start", "end", "toleranceMs")) {
          hit.set(name, event.get(name));
        }
        if (ground.equals("true")) {
          hit.put("toleranceMs", 40);
          hit.putObject("grounding").put("outcome", "confirmed").put("confidence", 0.93);
        }
        hit.put("score", 1).put("thumbnail", "/api/streams/x/thumbnail").set("result", event);
        ArrayNode parts = hit.putArray("text");
        parts.addObject().put("text", text.substring(0, at)).put("match", false);
        parts.addObject().put("text", words).put("match", true);
        parts.addObject().put("text", text.substring(at + words.length())).put("match", false);
      }
    }
    if (items.isEmpty()) {
      answer.put("nothingFound", "nothing fits these words");
    }
    return answer;
  }

  /// Server-sent events from the position that the page names, or from now on.
  private void changes(HttpExchange exchange, Map<String, String> query) throws IOException {
    String after = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    after = after == null ? query.get("lastEventId") : after;
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    int next = after == null ? store.changes.size() : Integer.parseInt(after);
    send(out, next, "ready", "{}");
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
    try (InputStream in = FakeService.class.getResourceAsStream("/META-INF/resources/" + name)) {
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
