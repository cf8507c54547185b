package io.chronoscope.web.access;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.HttpAccess;
import io.chronoscope.web.problem.Problem;
import io.chronoscope.web.problem.Reason;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Sees every request of the HTTP interface first.
///
/// - Security headers go on every response.
/// - Without authentication, the interface trusts everyone on this machine. A page of another site
///   in a browser on this machine is not trusted: neither under a name of its own that resolves to
///   this machine (DNS rebinding), nor when it sends requests that change something.
/// - A client that exceeds the rate limit gets 429 with the time to wait.
@ApplicationScoped
class RequestGuard {

  private static final int FIRST = 10_000;
  private static final Set<HttpMethod> READING =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
  private static final Set<String> LOOPBACK =
      Set.of("localhost", "127.0.0.1", "[::1]", "::1", "0:0:0:0:0:0:0:1");

  /// Nothing but what this server sends; the page has no inline script or style.
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
          + " media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private final HttpAccess access;
  private final RateLimiter rate;

  RequestGuard(ChronoscopeConfig settings) {
    this.access = HttpAccess.of(settings);
    this.rate = new RateLimiter(settings.http().requestsPerSecond(), System::nanoTime);
  }

  void register(@Observes Filters filters) {
    filters.register(this::handle, FIRST);
  }

  private void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    setHeaders(context.response());
    Optional<Problem> problem = problem(request);
    if (problem.isEmpty()) {
      context.next();
      return;
    }
    HttpServerResponse response =
        context
            .response()
            .setStatusCode(problem.get().reason().status())
            .putHeader("Content-Type", Problem.CONTENT_TYPE)
            .putHeader("Cache-Control", "no-store");
    problem
        .get()
        .retryAfter()
        .ifPresent(delay -> response.putHeader("Retry-After", Long.toString(delay.toSeconds())));
    var unused = response.end(Buffer.buffer(problem.get().bytes()));
  }

  private static void setHeaders(HttpServerResponse response) {
    response
        .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin")
        .putHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  }

  private Optional<Problem> problem(HttpServerRequest request) {
    if (!rate.allows(request.remoteAddress().hostAddress())) {
      return Optional.of(
          new Problem(
              Reason.TOO_MANY_REQUESTS,
              "this client makes more requests than chronoscope.http.requests-per-second allows",
              Optional.empty(),
              Optional.of(Duration.ofSeconds(1))));
    }
    if (access instanceof HttpAccess.Loopback && !isLoopback(request.authority())) {
      return Optional.of(
          Problem.ofField(
              Reason.WRONG_HOST,
              "Host",
              "without authentication only localhost is served; chronoscope.auth lifts this"));
    }
    if (!READING.contains(request.method()) && !isSameOrigin(request)) {
      return Optional.of(
          Problem.ofField(
              Reason.WRONG_ORIGIN, "Origin", "pages of other sites may not change anything here"));
    }
    return Optional.empty();
  }

  private static boolean isLoopback(HostAndPort authority) {
    return authority != null && LOOPBACK.contains(authority.host().toLowerCase(Locale.ROOT));
  }

  /// Whether the request comes from this server's own page, or from no page at all.
  private static boolean isSameOrigin(HttpServerRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin") || site.equals("none");
    }
    String origin = request.getHeader("Origin");
    if (origin == null) {
      return true;
    }
    HostAndPort own = request.authority();
    try {
      URI from = URI.create(origin);
      return own != null
          && from.getHost() != null
          && from.getHost().equalsIgnoreCase(own.host())
          && (own.port() < 0 || from.getPort() == own.port());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
