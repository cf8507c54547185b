package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.qwen.prompt.ChatPrompt;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.IntConsumer;

/// A prompt laid out for the decoder, with the embeddings of its visual tokens.
///
/// @param prompt token ids, indices of the visual tokens, positions
/// @param visualRows `[visual tokens, hidden]` in the order of `prompt.visualAt()`, in pieces; read
///   from position to limit, not moved
/// @param sharedTokens how many leading tokens other prompts are expected to start with too
/// @param maxNewTokens upper bound on generated tokens
/// @param onToken called with each generated token, in order, from the generating thread
public record DecodeRequest(
    ChatPrompt prompt,
    List<FloatBuffer> visualRows,
    int sharedTokens,
    int maxNewTokens,
    IntConsumer onToken) {

  public DecodeRequest {
    visualRows = List.copyOf(visualRows);
    if (maxNewTokens <= 0) {
      throw new IllegalArgumentException("maxNewTokens must be positive: " + maxNewTokens);
    }
    if (sharedTokens < 0 || sharedTokens >= prompt.length()) {
      throw new IllegalArgumentException(
          "%d of %d tokens cannot be shared".formatted(sharedTokens, prompt.length()));
    }
  }

  /// A prompt that shares nothing with others.
  DecodeRequest(
      ChatPrompt prompt, List<FloatBuffer> visualRows, int maxNewTokens, IntConsumer onToken) {
    this(prompt, visualRows, 0, maxNewTokens, onToken);
  }

  /// Checks the request against the model.
  ///
  /// @throws IllegalArgumentException when the prompt and its answer exceed the model's positions,
  ///   or its visual tokens do not match its embeddings
  void check(TextConfig text) {
    long furthest = Math.max(prompt.length(), prompt.positions().next()) + maxNewTokens;
    if (furthest > text.maxPositions()) {
      throw new IllegalArgumentException(
          "a prompt of %d tokens (positions up to %d) and %d new tokens exceed the model's %d positions"
              .formatted(
                  prompt.length(),
                  prompt.positions().next() - 1,
                  maxNewTokens,
                  text.maxPositions()));
    }
    long rows = visualRows.stream().mapToLong(piece -> piece.remaining()).sum() / text.hiddenSize();
    if (rows != prompt.visualAt().length) {
      throw new IllegalArgumentException(
          "%d visual rows for %d visual tokens".formatted(rows, prompt.visualAt().length));
    }
  }
}
