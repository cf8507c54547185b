package io.chronoscope.qwen.decoder;

/// How prompts are batched and how often tokens come out.
///
/// @param maxBatch prompts computed together
/// @param minFill a prompt joins a batch when it is at least this part of the longest one
/// @param firstRunTokens tokens generated in the run that holds the prompt
/// @param tokensPerRun tokens generated in each run after it. Tokens become known at the end of a
///   run; on CUDA the cache crosses to the host and back between runs, so runs are long there
public record DecodeSettings(int maxBatch, double minFill, int firstRunTokens, int tokensPerRun) {

  public static final DecodeSettings CPU = new DecodeSettings(16, 0.5, 1, 8);
  public static final DecodeSettings CUDA = new DecodeSettings(32, 0.5, 512, 512);

  public DecodeSettings {
    if (maxBatch < 1 || firstRunTokens < 1 || tokensPerRun < 1 || minFill < 0 || minFill > 1) {
      throw new IllegalArgumentException(
          "batch %d, fill %s, tokens in the first run %d, in each after it %d"
              .formatted(maxBatch, minFill, firstRunTokens, tokensPerRun));
    }
  }
}
