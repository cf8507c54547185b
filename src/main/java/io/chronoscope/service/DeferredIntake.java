package io.chronoscope.service;

import io.chronoscope.analysis.Intake;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The intake while the model is still being loaded: what comes is kept in its order and handed on
/// once there is somebody to take it. Feeders wait in the meantime, so it is never much.
final class DeferredIntake implements Intake {

  /// How far it is.
  sealed interface State {

    record Loading() implements State {}

    record Ready(Intake intake) implements State {}

    record Failed(Throwable cause) implements State {}
  }

  /// Something to be done once it is known how loading went.
  private interface Kept {

    void handTo(Intake intake);

    void fail(Throwable cause);
  }

  private final List<Kept> kept = new ArrayList<>();
  private volatile State state = new State.Loading();

  State state() {
    return state;
  }

  /// Hands on what came so far, in its order; from then on everything at once.
  synchronized void ready(Intake intake) {
    kept.forEach(one -> one.handTo(intake));
    kept.clear();
    state = new State.Ready(intake);
  }

  synchronized void failed(Throwable cause) {
    kept.forEach(one -> one.fail(cause));
    kept.clear();
    state = new State.Failed(cause);
  }

  @Override
  public CompletionStage<Void> offer(StreamInput input) {
    CompletableFuture<Void> room = new CompletableFuture<>();
    whenKnown(
        new Kept() {
          @Override
          public void handTo(Intake intake) {
            intake
                .offer(input)
                .whenComplete((done, failure) -> {
                  if (failure == null) {
                    room.complete(null);
                  } else {
                    room.completeExceptionally(failure);
                  }
                });
          }

          @Override
          public void fail(Throwable cause) {
            room.completeExceptionally(cause);
          }
        });
    return room;
  }

  @Override
  public void resume(StreamState stream, ChunkOrigin resumeFrom) {
    whenReady(intake -> intake.resume(stream, resumeFrom));
  }

  @Override
  public void forget(Predicate<String> stream) {
    whenReady(intake -> intake.forget(stream));
  }

  private void whenReady(Consumer<Intake> act) {
    whenKnown(
        new Kept() {
          @Override
          public void handTo(Intake intake) {
            act.accept(intake);
          }

          @Override
          public void fail(Throwable cause) {
            // There is nothing to be resumed or forgotten.
          }
        });
  }

  private void whenKnown(Kept one) {
    if (state instanceof State.Loading) {
      synchronized (this) {
        if (state instanceof State.Loading) {
          kept.add(one);
          return;
        }
      }
    }
    switch (state) {
      case State.Loading() -> throw new IllegalStateException("loading began again");
      case State.Ready(Intake intake) -> one.handTo(intake);
      case State.Failed(Throwable cause) -> one.fail(cause);
    }
  }
}
