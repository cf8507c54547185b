package io.chronoscope.qwen.decoder;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.IntConsumer;

/// A prompt ready for the decoder.
///
/// @param prompt ids, places of the visual rows, positions
/// @param visualRows `[visual tokens, hidden]` in the order of `prompt.visualAt()`, in pieces; read
///   from position to limit, not moved
/// @param maxNewTokens generation ends there at the latest
/// @param onToken called with each generated token, in order, from the generating thread
public record DecodeRequest(
    ChatPrompt prompt, List<FloatBuffer> visualRows, int maxNewTokens, IntConsumer onToken) {

  public DecodeRequest {
    visualRows = List.copyOf(visualRows);
    if (maxNewTokens <= 0) {
      throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens);
    }
  }
}
