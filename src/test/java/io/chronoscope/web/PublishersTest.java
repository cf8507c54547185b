package io.chronoscope.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class PublishersTest {

  @Test
  void waitsForTheAcknowledgment() {
    assertThat(Publishers.acknowledged(CompletableFuture.completedFuture("at"))).isEqualTo("at");
  }

  /// The client may try again: nothing is wrong with its request.
  @Test
  void aRecordThatTheBrokersDoNotTakeIsToBeSentLater() {
    CompletableFuture<String> refused =
        CompletableFuture.failedFuture(new TimeoutException("no broker"));
    assertThatThrownBy(() -> Publishers.acknowledged(refused.thenApply(at -> at)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.problem().reason()).isEqualTo(Reason.BUSY);
              assertThat(problem.problem().detail()).contains("no broker");
            });
  }
}
