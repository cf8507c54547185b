package io.chronoscope.cli.bench.engine;

/// The length of a prompt, as the video and the text in it.
///
/// @param pairs frame pairs of the video
/// @param gridSide rows and columns of a pair's token grid
/// @param words short words of text; each adds at least one token
record PromptShape(int pairs, int gridSide, int words) {

  /// Tokens of the chat layout around video and text, roughly.
  private static final int LAYOUT_TOKENS = 24;

  int tokensPerPair() {
    return gridSide * gridSide;
  }

  /// Length in tokens, exact but for the tokenizer's share of the text.
  int nominalTokens() {
    return LAYOUT_TOKENS + pairs * tokensPerPair() + words;
  }

  /// The same text after one more frame pair: another length, for warming up without this one.
  PromptShape longer() {
    return new PromptShape(pairs + 1, gridSide, words);
  }
}
