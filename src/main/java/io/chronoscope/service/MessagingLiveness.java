package io.chronoscope.service;

import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.MessagingFailure;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/// Liveness: down, with the reason, after an unrecoverable failure of reading or writing.
/// Restarting the process helps.
@Liveness
@ApplicationScoped
class MessagingLiveness implements HealthCheck {

  private final MessagingFailure failure;
  private final ChunkOffsets offsets;

  MessagingLiveness(MessagingFailure failure, ChunkOffsets offsets) {
    this.failure = failure;
    this.offsets = offsets;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("streams")
            .withData("chunksOutstanding", offsets.outstanding())
            .status(failure.reason().isEmpty());
    failure.reason().ifPresent(reason -> response.withData("reason", reason));
    return response.build();
  }
}
