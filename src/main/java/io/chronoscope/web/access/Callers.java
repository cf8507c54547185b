package io.chronoscope.web.access;

import io.chronoscope.domain.StreamPattern;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/// Knows who makes the current request.
@ApplicationScoped
public class Callers {

  /// Attribute of an identity: its stream patterns.
  static final String STREAMS = "chronoscope.streams";

  private final SecurityIdentity identity;

  Callers(SecurityIdentity identity) {
    this.identity = identity;
  }

  public Caller current() {
    List<StreamPattern> streams = identity.getAttribute(STREAMS);
    return new Caller(
        identity.getPrincipal().getName(),
        identity.getRoles(),
        streams == null ? List.of(StreamPattern.ANY) : streams);
  }
}
