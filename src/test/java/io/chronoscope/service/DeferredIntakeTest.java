package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.Intake;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.sampling.FixedRate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class DeferredIntakeTest {

  /// Records the calls it receives.
  private static final class Recording implements Intake {
    final List<String> seen = new ArrayList<>();
    final CompletableFuture<Void> accepted = new CompletableFuture<>();

    @Override
    public CompletionStage<Void> offer(StreamInput input) {
      seen.add("offer " + input.stream());
      return accepted;
    }

    @Override
    public void resume(StreamState state, ChunkOrigin resumeFrom) {
      seen.add("resume " + state.stream());
    }

    @Override
    public void forget(Predicate<String> stream) {
      seen.add("forget a:" + stream.test("a") + " b:" + stream.test("b"));
    }
  }

  private final DeferredIntake intake = new DeferredIntake();
  private final Recording recording = new Recording();

  @Test
  void forwardsCallsFromBeforeTheModelWasLoadedInOrder() {
    CompletionStage<Void> accepted = intake.offer(input("a"));
    intake.forget("a"::equals);
    intake.offer(input("b"));
    assertThat(recording.seen).isEmpty();

    intake.ready(recording);
    intake.offer(input("c"));

    assertThat(recording.seen)
        .containsExactly("offer a", "forget a:true b:false", "offer b", "offer c");
    assertThat(accepted.toCompletableFuture()).isNotDone();
    recording.accepted.complete(null);
    assertThat(accepted.toCompletableFuture()).isCompleted();
  }

  @Test
  void acceptsWhatACallerOffersBecauseItsInputWasAccepted() {
    recording.accepted.complete(null);
    intake.offer(input("a")).thenRun(() -> intake.offer(input("b")));

    intake.ready(recording);

    assertThat(recording.seen).containsExactly("offer a", "offer b");
  }

  @Test
  void acceptsNothingWhenTheModelCannotBeLoaded() {
    CompletionStage<Void> before = intake.offer(input("a"));

    intake.failed(new IllegalStateException("no weights"));

    // The process ends with the reason of the model, not with one for each record.
    assertThat(before.toCompletableFuture()).isNotDone();
    assertThat(intake.offer(input("b")).toCompletableFuture()).isNotDone();
    assertThat(new ModelReadiness(intake).call().getData())
        .hasValueSatisfying(
            data -> assertThat(data.get("reason").toString()).contains("no weights"));
  }

  @Test
  void routesStreamsByTheRateInTheirName() {
    Recording two = new Recording();
    Recording half = new Recording();
    FrameRateRouter router =
        new FrameRateRouter(
            List.of(FixedRate.even(2), FixedRate.uneven(0.5, 7)),
            rate -> rate.unevenSeed().isEmpty() ? two : half,
            recording);

    router.offer(input(FrameRateRouter.stream("yard", FixedRate.even(2))));
    router.offer(input(FrameRateRouter.stream("yard", FixedRate.uneven(0.5, 7))));
    router.offer(input("yard"));
    router.offer(input("yard@somewhere"));

    assertThat(two.seen).containsExactly("offer yard@2");
    assertThat(half.seen).containsExactly("offer yard@uneven-0.5-7");
    assertThat(recording.seen).containsExactly("offer yard", "offer yard@somewhere");
  }

  private static StreamInput input(String stream) {
    return new EndOfStream(stream, new ChunkOrigin("t", 0, 0));
  }
}
