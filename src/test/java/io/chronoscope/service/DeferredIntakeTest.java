package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.Intake;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.EndOfStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class DeferredIntakeTest {

  /// Writes down what it is given.
  private static final class Recording implements Intake {
    final List<String> seen = new ArrayList<>();
    final CompletableFuture<Void> room = new CompletableFuture<>();

    @Override
    public CompletionStage<Void> offer(StreamInput input) {
      seen.add("offer " + input.stream());
      return room;
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
  void handsOnInOrderWhatCameWhileTheModelWasLoading() {
    CompletionStage<Void> room = intake.offer(input("a"));
    intake.forget("a"::equals);
    intake.offer(input("b"));
    assertThat(recording.seen).isEmpty();

    intake.ready(recording);
    intake.offer(input("c"));

    assertThat(recording.seen)
        .containsExactly("offer a", "forget a:true b:false", "offer b", "offer c");
    assertThat(room.toCompletableFuture()).isNotDone();
    recording.room.complete(null);
    assertThat(room.toCompletableFuture()).isCompleted();
  }

  @Test
  void refusesEverythingWhenTheModelCannotBeLoaded() {
    CompletionStage<Void> before = intake.offer(input("a"));

    intake.failed(new IllegalStateException("no weights"));

    assertThat(before.toCompletableFuture()).isCompletedExceptionally();
    assertThat(intake.offer(input("b")).toCompletableFuture()).isCompletedExceptionally();
    assertThat(new ModelReadiness(intake).call().getData())
        .hasValueSatisfying(data -> assertThat(data.get("why").toString()).contains("no weights"));
  }

  @Test
  void givesStreamsToTheRateInTheirName() {
    Recording two = new Recording();
    Recording half = new Recording();
    RateByStreamName byName =
        new RateByStreamName(List.of(2.0, 0.5), fps -> fps == 2.0 ? two : half, recording);

    byName.offer(input(RateByStreamName.stream("yard", 2)));
    byName.offer(input(RateByStreamName.stream("yard", 0.5)));
    byName.offer(input("yard"));
    byName.offer(input("yard@somewhere"));

    assertThat(two.seen).containsExactly("offer yard@2");
    assertThat(half.seen).containsExactly("offer yard@0.5");
    assertThat(recording.seen).containsExactly("offer yard", "offer yard@somewhere");
  }

  private static StreamInput input(String stream) {
    return new EndOfStream(stream, new ChunkOrigin("t", 0, 0));
  }
}
