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

/// An intake that buffers calls while the model is being loaded, and then forwards them in their
/// order to the analysis. The buffer stays small, because callers wait until an input is accepted
/// before they offer the next one. Thread-safe.
final class DeferredIntake implements Intake {

  /// Progress of loading the model.
  sealed interface State {

    record Loading() implements State {}

    record Ready(Intake intake) implements State {}

    record Failed(Throwable cause) implements State {}
  }

  private final List<Consumer<Intake>> buffer = new ArrayList<>();
  private volatile State state = new State.Loading();

  State state() {
    return state;
  }

  /// Forwards all buffered calls in their order; later calls are forwarded at once. An input that
  /// is accepted at once makes its caller offer the next one before this returns: it comes last.
  synchronized void ready(Intake intake) {
    for (int next = 0; next < buffer.size(); next++) {
      buffer.get(next).accept(intake);
    }
    buffer.clear();
    state = new State.Ready(intake);
  }

  /// No input is accepted any more: the process ends, and says why it does once.
  synchronized void failed(Throwable cause) {
    buffer.clear();
    state = new State.Failed(cause);
  }

  @Override
  public CompletionStage<Void> offer(StreamInput input) {
    CompletableFuture<Void> accepted = new CompletableFuture<>();
    dispatch(intake ->
        intake
            .offer(input)
            .whenComplete((done, failure) -> {
              if (failure == null) {
                accepted.complete(null);
              } else {
                accepted.completeExceptionally(failure);
              }
            }));
    return accepted;
  }

  @Override
  public void resume(StreamState stream, ChunkOrigin resumeFrom) {
    dispatch(intake -> intake.resume(stream, resumeFrom));
  }

  @Override
  public void forget(Predicate<String> stream) {
    dispatch(intake -> intake.forget(stream));
  }

  private void dispatch(Consumer<Intake> call) {
    if (state instanceof State.Loading) {
      synchronized (this) {
        if (state instanceof State.Loading) {
          buffer.add(call);
          return;
        }
      }
    }
    switch (state) {
      case State.Loading() -> throw new IllegalStateException("loading started again");
      case State.Ready(Intake intake) -> call.accept(intake);
      case State.Failed failed -> {
        // Without a model there is no stream.
      }
    }
  }
}
