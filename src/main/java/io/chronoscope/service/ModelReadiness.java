package io.chronoscope.service;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Readiness: down until the model is loaded.
@Readiness
@Singleton
final class ModelReadiness implements HealthCheck {

  private final DeferredIntake intake;

  ModelReadiness(DeferredIntake intake) {
    this.intake = intake;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("model");
    return switch (intake.state()) {
      case DeferredIntake.State.Loading loading ->
          response.down().withData("reason", "the model is being loaded").build();
      case DeferredIntake.State.Ready ready -> response.up().build();
      case DeferredIntake.State.Failed(Throwable cause) ->
          response
              .down()
              .withData("reason", "the model cannot be loaded: " + cause.getMessage())
              .build();
    };
  }
}
