package io.chronoscope.service;

import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.follow.IndexFollower;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Whether the search index follows the topics. Always up: results do not depend on it, and it
/// answers with what it has.
@Readiness
@ApplicationScoped
class SearchHealth implements HealthCheck {

  private final IndexFollower follower;
  private final ResultIndex index;

  SearchHealth(IndexFollower follower, ResultIndex index) {
    this.follower = follower;
    this.index = index;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("search")
        .up()
        .withData("state", follower.trouble().orElse("following"))
        .withData("behind", index.progress().behind())
        .build();
  }
}
