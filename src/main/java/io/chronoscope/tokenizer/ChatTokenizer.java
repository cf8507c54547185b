package io.chronoscope.tokenizer;

import java.nio.file.Path;
import java.util.OptionalInt;

/// A checkpoint's tokenizer. Thread-safe.
public final class ChatTokenizer implements AutoCloseable {

  private ChatTokenizer() {}

  /// @throws io.chronoscope.checkpoint.CheckpointException when there is no usable `tokenizer.json`
  public static ChatTokenizer open(Path checkpointDirectory) {
    throw new UnsupportedOperationException(checkpointDirectory.toString());
  }

  /// Token ids of `text`. Nothing is added; special tokens written out in the text are recognised.
  public int[] encode(String text) {
    throw new UnsupportedOperationException(text);
  }

  /// @param skipSpecial whether special tokens are left out
  public String decode(int[] ids, boolean skipSpecial) {
    throw new UnsupportedOperationException();
  }

  /// The id of a token by its content, such as `<|im_end|>`.
  public OptionalInt idOf(String token) {
    throw new UnsupportedOperationException(token);
  }

  @Override
  public void close() {}
}
