package io.chronoscope.vlm;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Picture;
import java.util.List;

/// A vision-language model that takes video as frame pairs. Thread-safe; calls may block for as
/// long as the model computes. Both calls take batches that may mix streams; answers come in the
/// order of the requests and do not depend on what else is in the batch.
public interface VideoLanguageModel extends AutoCloseable {

  ModelRef ref();

  /// The size at which a frame of `native` size is given to the model when at most `maxPixels` are
  /// to be spent on it: multiples of the patch grid, aspect kept, within the checkpoint's own
  /// limits.
  ///
  /// @throws IllegalArgumentException when the aspect ratio is beyond the model's limit (200)
  FrameSize frameSize(FrameSize nativeSize, long maxPixels);

  /// Scales a frame to `size` as the checkpoint's preprocessing does.
  ///
  /// @return a new picture that the caller closes; `frame` stays the caller's
  Picture resize(Picture frame, FrameSize size);

  /// Visual tokens of one frame pair of this size.
  int tokensPerPair(FrameSize size);

  /// The tokens by which an answer of yes or no is told from its first position.
  YesNoTokens yesNoTokens();

  /// Positions that a prompt and its answer share; text takes one for each token, and no token is
  /// shorter than a byte.
  int maxPositions();

  /// Encodes frame pairs that all have the same size.
  List<EncodedPair> encode(List<FramePair> pairs);

  /// Answers each request, greedily.
  List<Answer> generate(List<Prompt> prompts);

  @Override
  void close();
}
