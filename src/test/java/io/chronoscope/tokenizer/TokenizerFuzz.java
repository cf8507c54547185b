package io.chronoscope.tokenizer;

import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.checkpoint.CheckpointException;
import io.chronoscope.fuzz.InputFile;

/// Fuzz target: `tokenizer.json`, as far as Java reads it, and by the tokenizers library, of which
/// the fuzzer sees no coverage.
public final class TokenizerFuzz {

  private static final InputFile FILE = new InputFile("tokenizer.json");

  private TokenizerFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    FILE.write(input);
    try (ChatTokenizer tokenizer = ChatTokenizer.open(FILE.directory())) {
      int[] tokens = tokenizer.encode("<|im_start|>A red circle moves up.<|im_end|>");
      String text = tokenizer.decodeText(tokens);
      var unused = tokenizer.ends(tokens, text);
    } catch (CheckpointException e) {
      requireText(e.getMessage());
    }
  }
}
