package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.config.HttpAccess;
import io.chronoscope.web.access.AccessMechanism;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.play.RetainedVideo;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// Who the caller is. A page keeps its token in a cookie that scripts cannot read, because video
/// elements and event sources cannot send headers.
@Path("/session")
@Tag(name = "Session", description = "Who the caller is, and what it may do")
public class SessionResource {

  private final Callers callers;
  private final AccessMechanism mechanism;
  private final RetainedVideo video;

  SessionResource(Callers callers, AccessMechanism mechanism, RetainedVideo video) {
    this.callers = callers;
    this.mechanism = mechanism;
    this.video = video;
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "getSession", summary = "The caller", description = "Roles and streams.")
  @APIResponse(
      responseCode = "200",
      description = "The caller",
      content = @Content(schema = @Schema(ref = "Session")))
  public ObjectNode get() {
    Caller caller = callers.current();
    // A page begins with this request.
    video.prepare();
    ObjectNode json =
        Json.newObject()
            .put(
                "auth",
                switch (mechanism.access()) {
                  case HttpAccess.Loopback local -> "none";
                  case HttpAccess.Open open -> "none";
                  case HttpAccess.Tokens tokens -> "token";
                  case HttpAccess.OpenIdConnect oidc -> "oidc";
                })
            .put("name", caller.name());
    ArrayNode roles = json.putArray("roles");
    caller.roles().stream().sorted().forEach(roles::add);
    ArrayNode streams = json.putArray("streams");
    caller.streams().forEach(pattern -> streams.add(pattern.text()));
    return json;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(
      operationId = "login",
      summary = "Log in",
      description = "Sets a cookie with the token, for a page.")
  @RequestBody(content = @Content(schema = @Schema(ref = "Login")))
  @APIResponse(responseCode = "204", description = "The cookie is set")
  public Response login(InputStream body, @Context UriInfo uri) {
    String token = Bodies.text(Bodies.json(body), "token");
    if (mechanism.find(token).isEmpty()) {
      throw new ProblemException(Reason.UNAUTHENTICATED, "the token is not valid");
    }
    return Response.noContent().cookie(cookie(uri, token, NewCookie.DEFAULT_MAX_AGE)).build();
  }

  @DELETE
  @PermitAll
  @Operation(operationId = "logout", summary = "Log out", description = "Removes the cookie.")
  @APIResponse(responseCode = "204", description = "The cookie is removed")
  public Response logout(@Context UriInfo uri) {
    return Response.noContent().cookie(cookie(uri, "", 0)).build();
  }

  private static NewCookie cookie(UriInfo uri, String token, int maxAge) {
    return new NewCookie.Builder(AccessMechanism.COOKIE)
        .value(token)
        .path("/")
        .maxAge(maxAge)
        .httpOnly(true)
        .sameSite(NewCookie.SameSite.STRICT)
        .secure(uri.getBaseUri().getScheme().equals("https"))
        .build();
  }
}
