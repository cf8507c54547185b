package io.chronoscope.vlm;

import java.util.List;
import java.util.function.IntConsumer;

/// One user turn put to the model: pictures and text in order.
///
/// @param system the system message
/// @param maxNewTokens generation ends there at the latest
/// @param onToken called with each generated token id as it becomes known, from the generating
///   thread
public record Prompt(String system, List<Part> parts, int maxNewTokens, IntConsumer onToken) {

  public static final String DEFAULT_SYSTEM = "You are a helpful assistant.";

  public Prompt {
    parts = List.copyOf(parts);
    if (maxNewTokens <= 0) {
      throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens);
    }
  }

  public static Prompt of(List<Part> parts, int maxNewTokens) {
    return new Prompt(DEFAULT_SYSTEM, parts, maxNewTokens, token -> {});
  }

  public sealed interface Part {

    record Text(String text) implements Part {}

    record Image(EncodedPair pair) implements Part {}

    /// @param pairs all of the same grid
    /// @param pairSeconds time of each pair's first frame in seconds from the video's first frame,
    ///   rising
    record Video(List<EncodedPair> pairs, List<Double> pairSeconds) implements Part {

      public Video {
        pairs = List.copyOf(pairs);
        pairSeconds = List.copyOf(pairSeconds);
        if (pairs.isEmpty() || pairs.size() != pairSeconds.size()) {
          throw new IllegalArgumentException(
              "a video of " + pairs.size() + " pairs with " + pairSeconds.size() + " times");
        }
      }
    }
  }
}
