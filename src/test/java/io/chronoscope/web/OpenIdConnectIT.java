package io.chronoscope.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.testing.Samples;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who may do what, by tokens of an OpenID Connect provider, whose key is known.
@QuarkusTest
@TestProfile(OpenIdConnectIT.WithProvider.class)
class OpenIdConnectIT {

  private static final KeyPair KEYS = keys();

  @TestHTTPResource URI root;

  @Test
  void rolesAndStreamsAreThoseOfTheToken() throws Exception {
    ServedWithoutModel.INDEX.publish(
        Samples.event("oidc-1", 1, "cam-1"), Samples.event("oidc-2", 1, "dock"));
    Http http = new Http(root);
    String viewer = token("viewer", "\"chronoscope_streams\":[\"cam-*\"],");
    String operator = token("operator", "");

    assertThat(http.get("/api/streams").statusCode()).isEqualTo(401);
    assertThat(http.get("/api/streams", "Authorization", "Bearer " + viewer + "x").statusCode())
        .isEqualTo(401);
    JsonNode streams = http.json("/api/streams", "Authorization", "Bearer " + viewer).get("items");
    assertThat(streams.findValuesAsText("id")).contains("cam-1").doesNotContain("dock");
    assertThat(
            http.send(
                    "PUT", "/api/rules/o", "{\"text\":\"a\"}", "Authorization", "Bearer " + viewer)
                .statusCode())
        .isEqualTo(403);
    assertThat(
            http.send(
                    "PUT",
                    "/api/rules/o",
                    "{\"text\":\"a\"}",
                    "Authorization",
                    "Bearer " + operator)
                .statusCode())
        .isIn(200, 201);
    JsonNode session = http.json("/api/session", "Authorization", "Bearer " + operator);
    assertThat(session.get("auth").asText()).isEqualTo("oidc");
    assertThat(session.get("roles").toString()).contains("viewer", "operator");
  }

  private static String token(String role, String claims) throws GeneralSecurityException {
    String header = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    String payload =
        base64(
            """
            {%s"sub":"someone","upn":"someone","groups":["%s"],"exp":%d,"iat":%d}\
            """
                .formatted(
                    claims,
                    role,
                    Instant.now().plusSeconds(600).getEpochSecond(),
                    Instant.now().minusSeconds(5).getEpochSecond()));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(KEYS.getPrivate());
    signature.update((header + "." + payload).getBytes(UTF_8));
    return header
        + "."
        + payload
        + "."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  /// One pair in the process: the profile and the test may be loaded by different class loaders.
  private static KeyPair keys() {
    return (KeyPair)
        System.getProperties()
            .computeIfAbsent(
                OpenIdConnectIT.class.getName(),
                name -> {
                  try {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(2048);
                    return generator.generateKeyPair();
                  } catch (GeneralSecurityException e) {
                    throw new IllegalStateException(e);
                  }
                });
  }

  public static final class WithProvider extends ServedWithoutModel {

    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
      settings.put("chronoscope.auth", "oidc");
      settings.put("quarkus.oidc.tenant-enabled", "true");
      settings.put("quarkus.oidc.client-id", "chronoscope");
      settings.put(
          "quarkus.oidc.public-key",
          Base64.getEncoder().encodeToString(KEYS.getPublic().getEncoded()));
      return settings;
    }
  }
}
