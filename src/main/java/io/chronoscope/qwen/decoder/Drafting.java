package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.Device;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.qwen.weights.ModelWeights;
import java.util.OptionalInt;

/// Draft tokens of a decoder's sequences: how many, and where they come from. See
/// `docs/design/0039-draft-tokens.md`.
///
/// @param longest draft tokens that one step verifies at most; 0 for none
/// @param recent answers of the decoder
record Drafting(int longest, RecentAnswers recent) {

  /// A step over eight tokens reads the weights once, as a step over one does, and computes less
  /// than that takes.
  private static final int LONGEST_IN_INT8 = 7;

  /// @param longest as in [Drafting]
  static Drafting of(int longest) {
    return new Drafting(longest, new RecentAnswers(RecentAnswers.MAX_TOKENS));
  }

  /// How many draft tokens a step verifies at most.
  ///
  /// None on a GPU, where a step is captured for one token of each sequence. None where single
  /// tokens are multiplied by other matrices than several tokens, because answers would change. By
  /// default none outside INT8: small models in FP32 compute a token from the caches of the
  /// processor, and in four bits unpacking takes longer than reading.
  ///
  /// @param configured instead of the default
  static int longest(OptionalInt configured, Device device, ModelWeights weights) {
    return switch (device) {
      case Device.Cuda(int ordinal) -> 0;
      case Device.Cpu() ->
          weights.dependOnLength()
              ? 0
              : configured.orElse(weights.areAllInt8() ? LONGEST_IN_INT8 : 0);
    };
  }

  Drafter drafter(ChatPrompt prompt) {
    return new Drafter(longest, longest == 0 ? new int[0] : prompt.textTokenIds(), recent);
  }
}
