package io.chronoscope.checkpoint;

import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.fuzz.InputFile;

/// Fuzz target: the tokens that `tokenizer.json` adds.
public final class AddedTokensFuzz {

  private static final InputFile FILE = new InputFile("tokenizer.json");

  private AddedTokensFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    FILE.write(input);
    try {
      var unused = AddedTokens.read(FILE.path()).id("<|video_pad|>");
    } catch (CheckpointException e) {
      requireText(e.getMessage());
    }
  }
}
