package io.chronoscope.qwen.decoder;

/// How prompts are batched, and how much one run computes.
///
/// The first four apply to a [LoopDecoder].
///
/// @param maxBatch sequences in one batch at most
/// @param minFill a prompt joins a batch if it has at least this fraction of the longest one's
///   tokens, 0 to 1
/// @param firstRunTokens tokens generated in the run that contains prefill
/// @param tokensPerRun tokens generated in each run after it. Tokens become known at the end of a
///   run; on CUDA the KV cache is copied to the host and back between runs, so runs are long there
/// @param steps of a [StepDecoder]
public record DecodeSettings(
    int maxBatch, double minFill, int firstRunTokens, int tokensPerRun, StepSettings steps) {

  public static final DecodeSettings CPU = new DecodeSettings(16, 0.5, 1, 8);
  public static final DecodeSettings CUDA =
      new DecodeSettings(32, 0.5, 512, 512, new StepSettings(32, 8192, 2L << 30));

  public DecodeSettings(int maxBatch, double minFill, int firstRunTokens, int tokensPerRun) {
    this(maxBatch, minFill, firstRunTokens, tokensPerRun, StepSettings.DEFAULT);
  }

  public DecodeSettings withSteps(StepSettings other) {
    return new DecodeSettings(maxBatch, minFill, firstRunTokens, tokensPerRun, other);
  }

  public DecodeSettings {
    if (maxBatch < 1 || firstRunTokens < 1 || tokensPerRun < 1 || minFill < 0 || minFill > 1) {
      throw new IllegalArgumentException(
          "maxBatch %d, minFill %s, firstRunTokens %d, tokensPerRun %d"
              .formatted(maxBatch, minFill, firstRunTokens, tokensPerRun));
    }
  }
}
