package io.chronoscope.web.access;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.HttpAccess;
import io.chronoscope.domain.StreamPattern;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.Cookie;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Knows the caller of a request by its token, in the header `Authorization` or in the cookie that
/// `POST /api/session` sets for what cannot send headers: video elements and event sources. Without
/// authentication everyone is let in as an operator; OpenID Connect is left to Quarkus.
@ApplicationScoped
public class AccessMechanism implements HttpAuthenticationMechanism {

  /// Name of the cookie.
  public static final String COOKIE = "chronoscope-token";

  private static final String BEARER = "bearer ";
  private static final int BEFORE_OPENID_CONNECT = 2 * DEFAULT_PRIORITY;

  private final HttpAccess access;
  private final Optional<TokenFile> tokens;

  AccessMechanism(ChronoscopeConfig settings) {
    this.access = HttpAccess.of(settings);
    this.tokens =
        access instanceof HttpAccess.Tokens file
            ? Optional.of(TokenFile.read(file.file()))
            : Optional.empty();
  }

  public HttpAccess access() {
    return access;
  }

  /// The caller with this token, if tokens are in use and it is one.
  public Optional<Caller> find(String token) {
    return tokens.flatMap(file -> file.find(token));
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    return switch (access) {
      case HttpAccess.Loopback local -> Uni.createFrom().item(identity(everyone("local")));
      case HttpAccess.Open open -> Uni.createFrom().item(identity(everyone("anyone")));
      case HttpAccess.OpenIdConnect left -> Uni.createFrom().nullItem();
      case HttpAccess.Tokens file ->
          token(context)
              .map(token ->
                  find(token)
                      .map(caller -> Uni.createFrom().item(identity(caller)))
                      .orElseGet(
                          () -> Uni.createFrom().failure(new AuthenticationFailedException())))
              .orElseGet(() -> Uni.createFrom().nullItem());
    };
  }

  private static Caller everyone(String name) {
    return new Caller(name, Set.of(Role.VIEWER, Role.OPERATOR), List.of(StreamPattern.ANY));
  }

  private static SecurityIdentity identity(Caller caller) {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(caller::name)
        .addRoles(caller.roles())
        .addAttribute(Callers.STREAMS, caller.streams())
        .build();
  }

  private static Optional<String> token(RoutingContext context) {
    String header = context.request().getHeader("Authorization");
    if (header != null) {
      return header.toLowerCase(Locale.ROOT).startsWith(BEARER)
          ? Optional.of(header.substring(BEARER.length()).strip())
          : Optional.empty();
    }
    return Optional.ofNullable(context.request().getCookie(COOKIE)).map(Cookie::getValue);
  }

  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return access instanceof HttpAccess.OpenIdConnect
        ? Uni.createFrom().nullItem()
        : Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
  }

  @Override
  public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
    return Set.of();
  }

  @Override
  public int getPriority() {
    return BEFORE_OPENID_CONNECT;
  }
}
