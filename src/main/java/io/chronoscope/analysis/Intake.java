package io.chronoscope.analysis;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/// The input side of the analysis. Inputs of one stream must be offered in order.
public interface Intake {

  /// Appends an input to its stream's queue.
  ///
  /// @return back-pressure: completes when there is room for the next input (the bytes waiting over
  ///   all streams are bounded); fails when the stream failed. Callers wait for it before they
  ///   offer more
  CompletionStage<Void> offer(StreamInput input);

  /// Restores a stream from a stored state, before its first input is offered.
  ///
  /// @param resumeFrom from the commit that stored the state. Inputs before it are not offered
  ///   again; that record itself normally comes next, unless retention has deleted it
  void resume(StreamState state, ChunkOrigin resumeFrom);

  /// Drops streams without committing anything more for them, because their partition was revoked.
  void forget(Predicate<String> stream);
}
