package io.chronoscope.qwen.decoder;

import io.chronoscope.qwen.prompt.ChatPrompt;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.IntConsumer;

/// A prompt laid out for the decoder, with the embeddings of its visual tokens.
///
/// @param prompt token ids, indices of the visual tokens, positions
/// @param visualRows `[visual tokens, hidden]` in the order of `prompt.visualAt()`, in pieces; read
///   from position to limit, not moved
/// @param maxNewTokens upper bound on generated tokens
/// @param onToken called with each generated token, in order, from the generating thread
public record DecodeRequest(
    ChatPrompt prompt, List<FloatBuffer> visualRows, int maxNewTokens, IntConsumer onToken) {

  public DecodeRequest {
    visualRows = List.copyOf(visualRows);
    if (maxNewTokens <= 0) {
      throw new IllegalArgumentException("maxNewTokens must be positive: " + maxNewTokens);
    }
  }
}
