package io.chronoscope.web.problem;

import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.InvalidQueryException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/// Turns whatever ends a request into a [Problem]. What the caller cannot change is logged under a
/// number that the answer repeats; the answer tells nothing else about it.
public final class ProblemMappers {

  private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

  @ServerExceptionMapper
  public Response problem(ProblemException e) {
    return response(e.problem());
  }

  @ServerExceptionMapper
  public Response query(InvalidQueryException e) {
    String field = e.field().equals("after") ? "cursor" : e.field();
    String message = String.valueOf(e.getMessage());
    String prefix = e.field() + ": ";
    return response(
        Problem.ofField(
            Reason.INVALID_PARAMETER,
            field,
            message.startsWith(prefix) ? message.substring(prefix.length()) : message));
  }

  @ServerExceptionMapper
  public Response index(IndexUnavailableException e) {
    LOG.warnf("a request needs the search index: %s", e.getMessage());
    return response(
        new Problem(Reason.BUSY, "the search index cannot be reached; try again later"));
  }

  @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
  public Response unauthenticated(SecurityException e) {
    return response(
        new Problem(
            Reason.UNAUTHENTICATED, "send `Authorization: Bearer TOKEN` with a valid token"));
  }

  @ServerExceptionMapper
  public Response forbidden(ForbiddenException e) {
    return response(new Problem(Reason.FORBIDDEN, "this needs the role operator"));
  }

  @ServerExceptionMapper
  public Response framework(WebApplicationException e) {
    int status = e.getResponse().getStatus();
    if (status < 400) {
      return e.getResponse();
    }
    Reason reason = Reason.ofStatus(status);
    String detail =
        switch (reason) {
          case NOT_FOUND -> "there is nothing at this path";
          case METHOD_NOT_ALLOWED -> "the path exists, but not with this method";
          default -> String.valueOf(e.getMessage());
        };
    return response(new Problem(reason, detail));
  }

  @ServerExceptionMapper
  public Response unexpected(Throwable e) {
    String number = UUID.randomUUID().toString();
    LOG.errorf(e, "a request failed number=%s", number);
    return response(
        new Problem(Reason.INTERNAL, "the log has the cause under the number " + number));
  }

  private static Response response(Problem problem) {
    Response.ResponseBuilder response =
        Response.status(problem.reason().status())
            .type(Problem.CONTENT_TYPE)
            .header(HttpHeaders.CACHE_CONTROL, "no-store")
            .entity(problem.bytes());
    problem
        .retryAfter()
        .ifPresent(
            delay -> response.header(HttpHeaders.RETRY_AFTER, Math.max(1, delay.toSeconds())));
    if (problem.reason() == Reason.UNAUTHENTICATED) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    return response.build();
  }
}
