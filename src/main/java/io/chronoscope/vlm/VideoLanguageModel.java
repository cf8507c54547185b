package io.chronoscope.vlm;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Picture;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// A vision-language model for video as frame pairs. Thread-safe; calls may block while the model
/// computes. [#encode] and [#generate] process batches that may mix streams: results are in the
/// order of the requests and do not depend on the rest of the batch.
public interface VideoLanguageModel extends AutoCloseable {

  ModelRef ref();

  /// The size at which the model encodes a frame of `nativeSize` with at most `maxPixels`: sides
  /// are multiples of the patch grid, the aspect ratio is preserved, and the checkpoint's own
  /// limits are kept.
  ///
  /// @throws IllegalArgumentException when the aspect ratio is beyond the model's limit (200)
  FrameSize frameSize(FrameSize nativeSize, long maxPixels);

  /// Scales a frame to `size` like the checkpoint's preprocessing.
  ///
  /// @return a new picture that the caller closes; `frame` stays open
  Picture resize(Picture frame, FrameSize size);

  /// Number of visual tokens of one frame pair of this size.
  int tokensPerPair(FrameSize size);

  /// The first tokens of answers that say yes or no.
  YesNoTokens yesNoTokens();

  /// How far its answers can be relied on.
  default ModelProfile profile() {
    return ModelProfile.PLAIN;
  }

  /// Temporal positions per second: how finely a prompt gives the start of each frame pair; empty
  /// if it gives the time itself. See [QuantizedTimes].
  default OptionalDouble positionsPerSecond() {
    return OptionalDouble.empty();
  }

  /// Upper bound on the positions of a prompt and its answer together. Text needs one per token,
  /// and every token has at least one byte.
  int maxPositions();

  /// Encodes frame pairs of the same size.
  List<EncodedPair> encode(List<FramePair> pairs);

  /// Answers each prompt by greedy decoding.
  List<Answer> generate(List<Prompt> prompts);

  /// Starts to answer prompts step by step.
  ///
  /// @return empty for a model that answers whole batches only; the caller closes it before the
  ///   model
  default Optional<Decoding> decoding() {
    return Optional.empty();
  }

  @Override
  void close();
}
