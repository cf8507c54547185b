package io.chronoscope.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.chronoscope.checkpoint.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/// A checkpoint's tokenizer. Thread-safe.
///
/// Delegates to Hugging Face's own `tokenizers`, see `NativeTokenizers`.
public final class ChatTokenizer implements AutoCloseable {

  static {
    NativeTokenizers.prepare();
  }

  private final HuggingFaceTokenizer tokenizer;

  private ChatTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// Opens the tokenizer of a checkpoint directory.
  ///
  /// @throws CheckpointException when it has no usable `tokenizer.json`
  public static ChatTokenizer open(Path checkpointDirectory) {
    Path file = checkpointDirectory.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file, "file is missing");
    }
    // Prompts have thousands of tokens; by default DJL truncates them at 512.
    Map<String, String> options =
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    try (InputStream json = Files.newInputStream(file)) {
      return new ChatTokenizer(
          HuggingFaceTokenizer.newInstance(TokenizerJson.checked(json), options));
    } catch (IOException | RuntimeException e) {
      throw new CheckpointException(file, "is not a usable tokenizer: " + e.getMessage(), e);
    }
  }

  /// Token ids of `text`. Adds no special tokens, but recognizes those written out in the text.
  public int[] encode(String text) {
    long[] ids = tokenizer.encode(text, false, false).getIds();
    int[] tokens = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = Math.toIntExact(ids[i]);
    }
    return tokens;
  }

  /// The text of `ids` without special tokens.
  public String decodeText(int[] ids) {
    return tokenizer.decode(widened(ids), true);
  }

  /// Where each token ends in the text, exclusive. Of tokens that share a character, all but the
  /// last end before it.
  ///
  /// @param text what [#decodeText] returns for `ids`
  public int[] ends(int[] ids, String text) {
    int[] ends = new int[ids.length];
    StringBuilder joined = new StringBuilder(text.length());
    for (int i = 0; i < ids.length; i++) {
      joined.append(decodeText(new int[] {ids[i]}));
      ends[i] = joined.length();
    }
    if (joined.toString().equals(text)) {
      return ends;
    }
    // A character of several tokens: only beginnings of the answer decode as in the whole.
    int at = 0;
    for (int i = 0; i < ids.length; i++) {
      String until = decodeText(Arrays.copyOf(ids, i + 1));
      while (at < Math.min(until.length(), text.length()) && until.charAt(at) == text.charAt(at)) {
        at++;
      }
      ends[i] = at;
    }
    return ends;
  }

  /// The text of `ids` with special tokens written out.
  public String decodeWithSpecialTokens(int[] ids) {
    return tokenizer.decode(widened(ids), false);
  }

  private static long[] widened(int[] ids) {
    return Arrays.stream(ids).asLongStream().toArray();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
