package io.chronoscope.service;

import io.chronoscope.messaging.rule.RuleLoader;
import io.chronoscope.rule.RuleTable;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Readiness: no chunk is looked at before the rules are known.
@Readiness
@ApplicationScoped
class RuleReadiness implements HealthCheck {

  private final RuleLoader follower;
  private final RuleTable table;

  RuleReadiness(RuleLoader follower, RuleTable table) {
    this.follower = follower;
    this.table = table;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("rules").withData("inForce", table.all().size());
    follower.trouble().ifPresent(why -> response.withData("trouble", why));
    if (!follower.isCaughtUp()) {
      return response.down().withData("why", "the rules are being read").build();
    }
    return response.up().build();
  }
}
