package io.chronoscope.service;

import io.chronoscope.messaging.rule.RuleLoader;
import io.chronoscope.rule.RuleTable;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Readiness: down until the rules are loaded; no chunk is analyzed before that.
@Readiness
@ApplicationScoped
class RuleReadiness implements HealthCheck {

  private final RuleLoader loader;
  private final RuleTable table;

  RuleReadiness(RuleLoader loader, RuleTable table) {
    this.loader = loader;
    this.table = table;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("rules").withData("inForce", table.all().size());
    loader.problem().ifPresent(problem -> response.withData("problem", problem));
    if (!loader.isCaughtUp()) {
      return response.down().withData("reason", "the rules are being loaded").build();
    }
    return response.up().build();
  }
}
