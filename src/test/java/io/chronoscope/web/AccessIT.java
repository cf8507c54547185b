package io.chronoscope.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.testing.Samples;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who may do what, by token.
@QuarkusTest
@TestProfile(AccessIT.WithTokens.class)
class AccessIT {

  private static final String OPERATOR = "operator-0123456789";
  private static final String WALL = "wall-0123456789abc";

  @TestHTTPResource URI root;

  @Test
  void nothingIsReadWithoutAToken() {
    Http http = new Http(root);
    for (String path :
        new String[] {
          "/api/streams", "/api/search?q=a", "/api/updates", "/api/rules", "/api/session"
        }) {
      HttpResponse<String> refused = http.get(path);
      assertThat(refused.statusCode()).as(path).isEqualTo(401);
      assertThat(Http.parse(refused.body()).get("reason").asText()).isEqualTo("unauthenticated");
      assertThat(http.get(path, "Authorization", "Bearer wrong-0123456789").statusCode())
          .as(path)
          .isEqualTo(401);
    }
    assertThat(http.send("POST", "/mcp", "{}").statusCode()).isEqualTo(401);
  }

  @Test
  void aViewerSeesItsStreamsAndChangesNothing() {
    ServedWithoutModel.INDEX.publish(
        Samples.event("seen", 1, "cam-1"), Samples.event("hidden", 1, "dock"));
    Http http = new Http(root);
    String[] wall = {"Authorization", "Bearer " + WALL};

    JsonNode streams = http.json("/api/streams", wall).get("items");
    assertThat(streams.findValuesAsText("id")).contains("cam-1").doesNotContain("dock");
    assertThat(http.json("/api/events", wall).get("items").findValuesAsText("stream"))
        .containsOnly("cam-1");
    for (String path :
        new String[] {
          "/api/streams/dock",
          "/api/streams/dock/events",
          "/api/events/hidden",
          "/api/streams/dock/thumbnail?at=2026-01-02T03:04:05Z",
          "/api/streams/dock/playlist.m3u8"
        }) {
      assertThat(http.get(path, wall).statusCode()).as(path).isEqualTo(404);
    }
    HttpResponse<String> refused = http.send("PUT", "/api/rules/a", "{\"text\":\"a\"}", wall);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(Http.parse(refused.body()).get("reason").asText()).isEqualTo("forbidden");
  }

  @Test
  void anOperatorChangesRules() {
    Http http = new Http(root);
    String[] operator = {"Authorization", "Bearer " + OPERATOR};

    assertThat(http.send("PUT", "/api/rules/b", "{\"text\":\"a\"}", operator).statusCode())
        .isEqualTo(201);
    assertThat(http.send("DELETE", "/api/rules/b", "", operator).statusCode()).isEqualTo(204);
  }

  @Test
  void aPageKeepsItsTokenInACookie() {
    Http http = new Http(root);

    HttpResponse<String> login = http.send("POST", "/api/session", "{\"token\":\"" + WALL + "\"}");
    String cookie = login.headers().firstValue("Set-Cookie").orElseThrow();

    assertThat(login.statusCode()).isEqualTo(204);
    assertThat(cookie).containsIgnoringCase("HttpOnly").containsIgnoringCase("SameSite=Strict");
    JsonNode session = http.json("/api/session", "Cookie", cookie.split(";")[0]);
    assertThat(session.get("name").asText()).isEqualTo("wall");
    assertThat(session.at("/streams/0").asText()).isEqualTo("cam-*");
    assertThat(http.send("POST", "/api/session", "{\"token\":\"nobody\"}").statusCode())
        .isEqualTo(401);
  }

  public static final class WithTokens extends ServedWithoutModel {

    @Override
    public Map<String, String> getConfigOverrides() {
      try {
        Path tokens = Files.createTempFile("tokens", ".txt");
        tokens.toFile().deleteOnExit();
        Files.writeString(
            tokens,
            """
            boss  operator  *      %s
            wall  viewer    cam-*  %s
            """
                .formatted(OPERATOR, WALL));
        Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
        settings.put("chronoscope.auth", "token");
        settings.put("chronoscope.access.tokens", tokens.toString());
        return settings;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
