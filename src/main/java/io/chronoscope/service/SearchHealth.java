package io.chronoscope.service;

import io.chronoscope.search.follow.IndexFollower;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Whether the search index follows the topics. Always up: results do not depend on it, and it
/// answers with what it has. Asks nothing of the index itself, which may be on a server that is
/// away.
@Readiness
@ApplicationScoped
class SearchHealth implements HealthCheck {

  private final IndexFollower follower;

  SearchHealth(IndexFollower follower) {
    this.follower = follower;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("search")
        .up()
        .withData("state", follower.trouble().orElse("following"))
        .build();
  }
}
