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
/// Delegates to Hugging Face's own `tokenizers` through DJL. By default DJL reports its use to a
/// server, queries a cloud's metadata address, and on a machine with CUDA downloads another build
/// of the native library. This class therefore switches DJL to offline mode and opts out of
/// tracking before it loads anything (the system properties `ai.djl.offline` and `OPT_OUT_TRACKING`
/// override both). The native library is unpacked from its jar once, to
/// `~/.cache/chronoscope/tokenizers` or, if the home directory is not writable, to
/// `.djl.ai/tokenizers` in the temporary directory; `DJL_CACHE_DIR` or `ENGINE_CACHE_DIR`
/// (environment or system property) change the location. Nothing else is written, apart from what
/// JNA unpacks to its own temporary directory while DJL probes for CUDA.
public final class ChatTokenizer implements AutoCloseable {

  static {
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("OPT_OUT_TRACKING", "true");
    Path home = Path.of(System.getProperty("user.home", ""));
    boolean chosen = isSet("DJL_CACHE_DIR") || isSet("ENGINE_CACHE_DIR");
    if (!chosen && Files.isWritable(home)) {
      System.setProperty("DJL_CACHE_DIR", home.resolve(".cache/chronoscope").toString());
    }
  }

  private final HuggingFaceTokenizer tokenizer;

  private ChatTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static boolean isSet(String name) {
    return System.getenv(name) != null || System.getProperty(name) != null;
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
      return new ChatTokenizer(HuggingFaceTokenizer.newInstance(json, options));
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
