package io.chronoscope.analysis;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/// The analysis as its feeder sees it. Inputs of one stream must be offered in their order.
public interface Intake {

  /// Takes an input into the stream's queue. The stage completes when there is room for the next
  /// one (bytes waiting over all streams are bounded); feeders wait for it before they offer more.
  CompletionStage<Void> offer(StreamInput input);

  /// Lets a stream go on from a state that was written earlier, before its first input is offered.
  ///
  /// @param resumeFrom as it was in the step that wrote the state. Inputs before it are not offered
  ///   again; that record itself normally comes next, but may have passed out of retention
  void resume(StreamState state, ChunkOrigin resumeFrom);

  /// Forgets streams without publishing anything more for them (their partition moved away).
  void forget(Predicate<String> stream);
}
