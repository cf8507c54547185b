package io.chronoscope.tracing;

import io.chronoscope.analysis.Step;
import io.chronoscope.analysis.StepSink;
import java.util.concurrent.CompletionStage;

/// A sink whose writing is part of the streams' traces.
///
/// @param sink where the steps go
public record TracedSteps(StepSink sink, StreamTraces traces) implements StepSink {

  @Override
  public CompletionStage<Void> commit(Step step) {
    var written = traces.committing(step);
    return sink.commit(step).whenComplete((done, problem) -> written.accept(problem));
  }
}
