package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.Sha256;
import io.chronoscope.wire.Json;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.util.Arrays;
import java.util.HexFormat;

/// Writes JSON answers, each with an entity tag of its bytes; a client that has them already gets
/// 304 and no body.
@Provider
public class EntityTags implements ContainerResponseFilter {

  private static final int DIGEST_BYTES = 12;

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (!(response.getEntity() instanceof JsonNode json)) {
      return;
    }
    byte[] bytes = Json.bytes(json);
    response
        .getHeaders()
        .putIfAbsent(HttpHeaders.CACHE_CONTROL, java.util.List.of("private, no-cache"));
    if (request.getMethod().equals("GET")
        && response.getStatus() == Response.Status.OK.getStatusCode()) {
      EntityTag tag = new EntityTag(digest(bytes));
      response.getHeaders().putSingle(HttpHeaders.ETAG, tag);
      if (matches(request.getHeaderString(HttpHeaders.IF_NONE_MATCH), tag.getValue())) {
        response.setStatus(Response.Status.NOT_MODIFIED.getStatusCode());
        response.setEntity(null);
        return;
      }
    }
    response.setEntity(
        bytes, new java.lang.annotation.Annotation[0], MediaType.APPLICATION_JSON_TYPE);
  }

  /// Whether the header names the tag, weakly compared (RFC 9110, 13.1.2).
  private static boolean matches(@org.jspecify.annotations.Nullable String header, String tag) {
    return header != null
        && Arrays.stream(header.split(","))
            .map(String::strip)
            .anyMatch(one ->
                one.equals("*")
                    || one.equals("\"" + tag + "\"")
                    || one.equals("W/\"" + tag + "\""));
  }

  private static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(Sha256.of(bytes), 0, DIGEST_BYTES);
  }
}
