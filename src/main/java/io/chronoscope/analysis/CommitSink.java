package io.chronoscope.analysis;

import java.util.concurrent.CompletionStage;

/// Where steps go. Steps of one stream are handed over in order.
public interface CommitSink {

  /// Publishes the step's results, keeps its state and lets go of the chunks before
  /// [StreamCommit#resumeFrom()].
  ///
  /// @return done when all of it is durable; failed when it could not be written, after which the
  ///   stream must be started again from its last durable step
  CompletionStage<Void> commit(StreamCommit step);
}
