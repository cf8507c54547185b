package io.chronoscope.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.chronoscope.checkpoint.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/// A checkpoint's tokenizer. Thread-safe.
///
/// The work is done by Hugging Face's own `tokenizers`, by way of DJL. Left alone, DJL reports its
/// use to a server, asks a cloud's metadata address who it is, and on a machine with CUDA downloads
/// another build of the native library. None of it is wanted here, so this class switches DJL to
/// offline mode and opts out before it loads anything (both can be overridden with the system
/// properties `ai.djl.offline` and `OPT_OUT_TRACKING`). The native library is unpacked from its jar
/// once, to `~/.cache/chronoscope/tokenizers` or, where the home directory cannot be written,
/// `.djl.ai/tokenizers` in the temporary directory; `DJL_CACHE_DIR` or `ENGINE_CACHE_DIR`
/// (environment or system property) move it. Nothing else is written, apart from what JNA unpacks
/// to its own temporary directory while DJL looks for CUDA.
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

  /// @throws CheckpointException when there is no usable `tokenizer.json`
  public static ChatTokenizer open(Path checkpointDirectory) {
    Path file = checkpointDirectory.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file, "file is missing");
    }
    // Prompts are thousands of tokens: by default DJL cuts them at 512.
    Map<String, String> options =
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    try (InputStream json = Files.newInputStream(file)) {
      return new ChatTokenizer(HuggingFaceTokenizer.newInstance(json, options));
    } catch (IOException | RuntimeException e) {
      throw new CheckpointException(file, "is no usable tokenizer: " + e.getMessage(), e);
    }
  }

  /// Token ids of `text`. Nothing is added; special tokens written out in the text are recognised.
  public int[] encode(String text) {
    long[] ids = tokenizer.encode(text, false, false).getIds();
    int[] tokens = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = Math.toIntExact(ids[i]);
    }
    return tokens;
  }

  /// @param skipSpecial whether special tokens are left out
  public String decode(int[] ids, boolean skipSpecial) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    return tokenizer.decode(wide, skipSpecial);
  }

  /// The id of a token by its content, such as `<|im_end|>`; empty when that content is not one
  /// token.
  public OptionalInt idOf(String token) {
    int[] ids = encode(token);
    return ids.length == 1 ? OptionalInt.of(ids[0]) : OptionalInt.empty();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
