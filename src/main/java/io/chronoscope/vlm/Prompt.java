package io.chronoscope.vlm;

import java.util.List;
import java.util.function.IntConsumer;

/// One user message to the model: pictures and text in order.
///
/// @param system the system message
/// @param sharedParts how many of the leading parts other prompts are expected to begin with too.
///   The model may keep what it computes of them for those prompts; answers do not depend on it
/// @param maxNewTokens upper bound on generated tokens
/// @param onToken called with each generated token id as it becomes known, on the generating thread
public record Prompt(
    String system, List<Part> parts, int sharedParts, int maxNewTokens, IntConsumer onToken) {

  public static final String DEFAULT_SYSTEM = "You are a helpful assistant.";

  public Prompt {
    parts = List.copyOf(parts);
    if (maxNewTokens <= 0) {
      throw new IllegalArgumentException("maxNewTokens must be positive: " + maxNewTokens);
    }
    if (sharedParts < 0 || (sharedParts > 0 && sharedParts >= parts.size())) {
      throw new IllegalArgumentException(
          "%d of %d parts cannot be shared".formatted(sharedParts, parts.size()));
    }
  }

  /// A prompt that shares nothing with others.
  public Prompt(String system, List<Part> parts, int maxNewTokens, IntConsumer onToken) {
    this(system, parts, 0, maxNewTokens, onToken);
  }

  /// A prompt with the default system message and no token callback.
  public static Prompt of(List<Part> parts, int maxNewTokens) {
    return new Prompt(DEFAULT_SYSTEM, parts, maxNewTokens, token -> {});
  }

  /// A question about a video that other questions are expected to be about, too.
  public static Prompt about(Part.Video video, String question, int maxNewTokens) {
    return new Prompt(
        DEFAULT_SYSTEM, List.of(video, new Part.Text(question)), 1, maxNewTokens, token -> {});
  }

  public sealed interface Part {

    record Text(String text) implements Part {}

    record Image(EncodedPair pair) implements Part {}

    /// @param pairs all with the same token grid
    /// @param pairSeconds time of each pair's first frame in seconds, relative to the video's first
    ///   frame, ascending
    record Video(List<EncodedPair> pairs, List<Double> pairSeconds) implements Part {

      public Video {
        pairs = List.copyOf(pairs);
        pairSeconds = List.copyOf(pairSeconds);
        if (pairs.isEmpty() || pairs.size() != pairSeconds.size()) {
          throw new IllegalArgumentException(
              "a video needs one time for each of its frame pairs: %d pairs, %d times"
                  .formatted(pairs.size(), pairSeconds.size()));
        }
      }
    }
  }
}
