package io.chronoscope.batching;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Prompt;
import java.util.concurrent.CompletableFuture;

/// Prompts of all streams on their way to the decoder: as a running batch ([ContinuousDecoder]), or
/// batch by batch where the model answers whole batches only. Thread-safe.
interface PromptQueue extends AutoCloseable {

  /// Submits a prompt. After [#close()] the result fails.
  CompletableFuture<Answer> submit(String stream, Prompt prompt, Priority priority);

  @Override
  void close();
}
