package io.chronoscope.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.testing.Samples;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What programs learn about the API: the OpenAPI document, and the tools of the Model Context
/// Protocol.
@QuarkusTest
@TestProfile(ServedWithoutModel.class)
class DescribedIT {

  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
  private static final String ACCEPT = "application/json, text/event-stream";

  @TestHTTPResource URI root;

  @Test
  void everyOperationIsDescribedWithItsProblems() {
    JsonNode api = new Http(root).json("/q/openapi?format=json");
    List<String> incomplete = new ArrayList<>();
    Set<String> paths = new TreeSet<>();

    api.get("paths")
        .properties()
        .forEach(path -> {
          paths.add(path.getKey());
          path.getValue()
              .properties()
              .forEach(operation -> {
                if (METHODS.contains(operation.getKey())) {
                  JsonNode one = operation.getValue();
                  boolean described =
                      !one.path("summary").asText().isBlank()
                          && !one.path("description").asText().isBlank()
                          && one.path("responses").has("400")
                          && one.path("responses").has("401")
                          && one.path("responses").has("500");
                  if (!described) {
                    incomplete.add(operation.getKey() + " " + path.getKey());
                  }
                }
              });
        });

    assertThat(incomplete).isEmpty();
    assertThat(paths)
        .contains(
            "/api/streams",
            "/api/streams/{id}/clip",
            "/api/events/{id}",
            "/api/search",
            "/api/rules",
            "/api/questions",
            "/api/dead-letters",
            "/api/updates");
    assertThat(api.at("/components/schemas/event/properties/description")).isNotEmpty();
    assertThat(danglingReferences(api, api, new ArrayList<>())).isEmpty();
  }

  @Test
  void theDescriptionHasAPageWithoutInlineScripts() {
    Http http = new Http(root);
    HttpResponse<String> page = http.get("/api-docs/");

    assertThat(page.statusCode()).isEqualTo(200);
    for (String script : List.of("/q/swagger-ui/swagger-ui-bundle.js", "/api-docs/init.js")) {
      assertThat(page.body()).contains(script.substring(script.lastIndexOf('/') + 1));
      assertThat(http.get(script).statusCode()).as(script).isEqualTo(200);
    }
    assertThat(page.body()).doesNotContainPattern("<script>|onclick|style=");
  }

  private static List<String> danglingReferences(JsonNode api, JsonNode node, List<String> found) {
    if (node.isObject() && node.path("$ref").isTextual()) {
      String target = node.get("$ref").asText();
      if (api.at(target.substring(1)).isMissingNode()) {
        found.add(target);
      }
    }
    node.forEach(child -> danglingReferences(api, child, found));
    return found;
  }

  @Test
  void languageModelsSearchThroughTheirProtocol() {
    ServedWithoutModel.INDEX.publish(Samples.event("for-models", 1, "for models"));
    Http http = new Http(root);
    HttpResponse<String> initialized =
        http.send(
            "POST",
            "/mcp",
            """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26",
             "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}\
            """,
            "Accept",
            ACCEPT);
    assertThat(initialized.statusCode()).as(initialized.body()).isEqualTo(200);
    String session = initialized.headers().firstValue("Mcp-Session-Id").orElseThrow();
    call(http, session, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");

    JsonNode tools =
        call(http, session, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");
    assertThat(tools.at("/result/tools").findValuesAsText("name"))
        .contains("search", "events", "summary", "ask", "clip");

    JsonNode found =
        callTool(http, session, "search", "{\"query\":\"circle\",\"stream\":\"for m*\"}");
    assertThat(found.path("isError").asBoolean()).isFalse();
    assertThat(Http.parse(found.at("/content/0/text").asText()).at("/items/0/result/id").asText())
        .isEqualTo("for-models");

    JsonNode wrong = callTool(http, session, "events", "{\"from\":\"yesterday\"}");
    assertThat(wrong.path("isError").asBoolean()).as(wrong.toString()).isTrue();
    assertThat(wrong.at("/content/0/text").asText()).contains("from", "RFC 3339");
  }

  private static JsonNode callTool(Http http, String session, String name, String arguments) {
    return call(
            http,
            session,
            """
            {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"%s","arguments":%s}}\
            """
                .formatted(name, arguments))
        .get("result");
  }

  private static JsonNode call(Http http, String session, String message) {
    String body =
        http.send("POST", "/mcp", message, "Accept", ACCEPT, "Mcp-Session-Id", session).body();
    Optional<String> data =
        body.lines().filter(line -> line.startsWith("data:")).findFirst().map(s -> s.substring(5));
    return Http.parse(data.orElse(body.isBlank() ? "{}" : body));
  }
}
