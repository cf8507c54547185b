package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.search.IndexUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.Timeout;
import org.opensearch.client.json.jackson.JacksonJsonpMapper;
import org.opensearch.client.opensearch.generic.Body;
import org.opensearch.client.opensearch.generic.OpenSearchGenericClient;
import org.opensearch.client.opensearch.generic.Response;
import org.opensearch.client.transport.OpenSearchTransport;
import org.opensearch.client.transport.TransportException;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5TransportBuilder;

/// Requests to OpenSearch and their answers, as JSON. Thread-safe.
final class Requests implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;
  private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(5);
  private static final Timeout ANSWER_TIMEOUT = Timeout.ofSeconds(60);
  private static final int LONGEST_ERROR = 300;
  private static final String JSON_TYPE = "application/json";
  private static final String LINES_TYPE = "application/x-ndjson";

  private final URI address;
  private final Optional<String> user;
  private final OpenSearchTransport transport;
  private final OpenSearchGenericClient client;

  /// @param body missing when there is none
  record Answer(int status, JsonNode body) {

    boolean isConflict() {
      return status == CONFLICT;
    }

    boolean isNotFound() {
      return status == NOT_FOUND;
    }

    boolean isFine() {
      return status < 300;
    }
  }

  Requests(OpenSearchServer server) {
    this.address = server.address();
    this.user = server.username();
    ApacheHttpClient5TransportBuilder builder =
        ApacheHttpClient5TransportBuilder.builder(
                new HttpHost(address.getScheme(), address.getHost(), address.getPort()))
            .setMapper(new JacksonJsonpMapper(JSON))
            .setConnectionConfigCallback(config -> config.setConnectTimeout(CONNECT_TIMEOUT))
            .setRequestConfigCallback(config -> config.setResponseTimeout(ANSWER_TIMEOUT));
    String path = address.getPath();
    if (path != null && path.length() > 1) {
      builder.setPathPrefix(path);
    }
    server
        .username()
        .ifPresent(user ->
            builder.setDefaultHeaders(new Header[] {basic(user, server.password().orElse(""))}));
    this.transport = builder.build();
    this.client = new OpenSearchGenericClient(transport);
  }

  private static Header basic(String user, String password) {
    return new BasicHeader(
        "Authorization",
        "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
  }

  /// @throws IndexUnavailableException unless the server does what it was asked to
  JsonNode post(String path, ObjectNode body) {
    return require("POST", path, send("POST", path, Map.of(), body));
  }

  /// The answer, whatever it is.
  ///
  /// @throws IndexUnavailableException when there is none
  Answer send(String method, String path, Map<String, String> parameters, ObjectNode body) {
    try {
      return send(method, path, parameters, JSON.writeValueAsBytes(body), JSON_TYPE);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON cannot fail to be written", e);
    }
  }

  Answer get(String path) {
    return send("GET", path, Map.of(), new byte[0], JSON_TYPE);
  }

  /// A request of one JSON object on each line.
  ///
  /// @throws IndexUnavailableException unless the server does what it was asked to
  JsonNode postLines(String path, Map<String, String> parameters, List<ObjectNode> lines) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      for (ObjectNode line : lines) {
        body.writeBytes(JSON.writeValueAsBytes(line));
        body.write('\n');
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON cannot fail to be written", e);
    }
    return require("POST", path, send("POST", path, parameters, body.toByteArray(), LINES_TYPE));
  }

  private Answer send(
      String method, String path, Map<String, String> parameters, byte[] body, String type) {
    var request =
        org.opensearch.client.opensearch.generic.Requests.builder()
            .endpoint(path)
            .method(method)
            .query(parameters);
    if (body.length > 0) {
      request.body(Body.from(body, type));
    }
    try (Response response = client.execute(request.build())) {
      Body answer = response.getBody().orElse(null);
      JsonNode json = MissingNode.getInstance();
      if (answer != null) {
        try (answer) {
          byte[] bytes = answer.bodyAsBytes();
          json = bytes.length == 0 ? json : JSON.readTree(bytes);
        }
      }
      return new Answer(response.getStatus(), json);
    } catch (JsonProcessingException e) {
      throw new IndexUnavailableException(
          "what answers at %s is no OpenSearch: %s %s".formatted(address, method, path), e);
    } catch (IOException e) {
      throw new IndexUnavailableException(
          "OpenSearch at %s %s: %s".formatted(address, trouble(e), e.getMessage()), e);
    }
  }

  /// The client wraps what went wrong.
  private String trouble(IOException e) {
    for (Throwable one = e; one != null; one = one.getCause()) {
      if (one instanceof SSLException) {
        return "has a certificate that Java's trust store does not vouch for";
      }
      if (one instanceof TransportException) {
        return "does not accept "
            + user.map(name -> "the user " + name).orElse("requests without a user");
      }
    }
    return "does not answer";
  }

  /// @throws IndexUnavailableException unless the answer says that it is done
  JsonNode require(String method, String path, Answer answer) {
    if (!answer.isFine()) {
      JsonNode error = answer.body().path("error");
      JsonNode cause = error.path("root_cause").path(0);
      String reason =
          (cause.isMissingNode() ? error : cause).path("reason").asText(error.toString());
      throw new IndexUnavailableException(
          "OpenSearch at %s refuses %s %s with %d: %s"
              .formatted(
                  address,
                  method,
                  path,
                  answer.status(),
                  reason.substring(0, Math.min(LONGEST_ERROR, reason.length()))));
    }
    return answer.body();
  }

  @Override
  public void close() {
    try {
      transport.close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot close the connections to " + address, e);
    }
  }
}
