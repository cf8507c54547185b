package io.chronoscope.service;

import io.chronoscope.live.SourceMessages;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// What each live source is doing. Always up: a camera that is off is no reason to take the service
/// away from other streams, and none to restart it.
@Readiness
@ApplicationScoped
class SourceHealth implements HealthCheck {

  private final SourceBeans sources;

  SourceHealth(SourceBeans sources) {
    this.sources = sources;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("sources").up();
    sources
        .status()
        .forEach(one -> response.withData(one.stream(), SourceMessages.of(one.state())));
    return response.build();
  }
}
