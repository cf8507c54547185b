package io.chronoscope.web.access;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.domain.StreamPattern;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.JsonArray;
import jakarta.json.JsonString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/// Adds the stream patterns of an OpenID Connect token to the caller: a list, or a text with
/// commas. An operator is a viewer, too.
@ApplicationScoped
class ClaimedStreams implements SecurityIdentityAugmentor {

  private final String claim;

  ClaimedStreams(ChronoscopeConfig settings) {
    this.claim = settings.access().streamsClaim();
  }

  @Override
  public Uni<SecurityIdentity> augment(
      SecurityIdentity identity, AuthenticationRequestContext context) {
    if (!(identity.getPrincipal() instanceof JsonWebToken token)) {
      return Uni.createFrom().item(identity);
    }
    Set<String> roles = new HashSet<>(identity.getRoles());
    if (roles.contains(Role.OPERATOR)) {
      roles.add(Role.VIEWER);
    }
    try {
      return Uni.createFrom()
          .item(
              QuarkusSecurityIdentity.builder(identity)
                  .addRoles(roles)
                  .addAttribute(Callers.STREAMS, patterns(token.getClaim(claim)))
                  .build());
    } catch (IllegalArgumentException e) {
      return Uni.createFrom()
          .failure(new AuthenticationFailedException("claim " + claim + ": " + e.getMessage(), e));
    }
  }

  /// @param value the claim; null when the token has none
  static List<StreamPattern> patterns(@Nullable Object value) {
    if (value == null) {
      return List.of(StreamPattern.ANY);
    }
    List<String> texts = new ArrayList<>();
    switch (value) {
      case JsonArray array ->
          array.forEach(
              one -> texts.add(one instanceof JsonString text ? text.getString() : one.toString()));
      case Collection<?> several -> several.forEach(one -> texts.add(String.valueOf(one)));
      case JsonString text -> texts.addAll(Arrays.asList(text.getString().split(",")));
      default -> texts.addAll(Arrays.asList(value.toString().split(",")));
    }
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("it lists no pattern");
    }
    return texts.stream().map(String::strip).map(StreamPattern::new).toList();
  }
}
