package io.chronoscope.tracing;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamCommit;
import java.util.concurrent.CompletionStage;

/// A sink whose writing is part of the streams' traces.
///
/// @param sink where the steps go
public record TracedSteps(CommitSink sink, StreamTraces traces) implements CommitSink {

  @Override
  public CompletionStage<Void> commit(StreamCommit step) {
    var written = traces.committing(step);
    return sink.commit(step).whenComplete((done, problem) -> written.accept(problem));
  }
}
