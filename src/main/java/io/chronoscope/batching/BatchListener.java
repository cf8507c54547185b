package io.chronoscope.batching;

import io.chronoscope.vlm.Answer;

/// Receives what a [BatchedModel] computes, on the encoder's and the decoder's thread.
public interface BatchListener {

  BatchListener SILENT = new BatchListener() {};

  /// A batch of frame pairs is about to be encoded.
  default void encoderBatch(int pairs) {}

  /// Prompts are about to be decoded together: one step of a running batch, or a batch as a whole.
  default void decoderBatch(int prompts) {}

  /// A prompt was answered.
  default void promptAnswered(Answer answer) {}
}
