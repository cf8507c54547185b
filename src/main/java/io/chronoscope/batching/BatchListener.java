package io.chronoscope.batching;

/// Receives what a [BatchedModel] computes, on the encoder's and the decoder's thread.
public interface BatchListener {

  BatchListener SILENT = new BatchListener() {};

  /// A batch of frame pairs is about to be encoded.
  default void encoderBatch(int pairs) {}

  /// Prompts are about to be decoded together: one step of a running batch, or a batch as a whole.
  default void decoderBatch(int prompts) {}

  /// A prompt was answered.
  ///
  /// @param tokens of the prompt
  /// @param reused how many of them had been computed for an earlier prompt
  default void promptAnswered(int tokens, int reused) {}
}
