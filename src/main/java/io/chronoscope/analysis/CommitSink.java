package io.chronoscope.analysis;

import java.util.concurrent.CompletionStage;

/// Where streams commit. Commits of one stream arrive in order.
public interface CommitSink {

  /// Atomically publishes the results, stores the state and releases the chunks before
  /// [StreamCommit#resumeFrom()].
  ///
  /// @return completes once everything is durable; fails when it could not be written, after which
  ///   the stream must be resumed from its last durable commit
  CompletionStage<Void> commit(StreamCommit commit);
}
