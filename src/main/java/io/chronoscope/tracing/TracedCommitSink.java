package io.chronoscope.tracing;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamCommit;
import java.util.concurrent.CompletionStage;

/// Traces every commit on its way to another sink.
///
/// @param sink receives the commits
public record TracedCommitSink(CommitSink sink, StreamTraces traces) implements CommitSink {

  @Override
  public CompletionStage<Void> commit(StreamCommit commit) {
    var written = traces.committing(commit);
    return sink.commit(commit).whenComplete((unused, problem) -> written.accept(problem));
  }
}
