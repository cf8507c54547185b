package io.chronoscope.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/// The tokenizer of a sentence model: adds the special tokens that its `tokenizer.json` prescribes
/// and cuts what is too long. Thread-safe.
public final class SentenceTokenizer implements AutoCloseable {

  static {
    NativeTokenizers.prepare();
  }

  private final HuggingFaceTokenizer tokenizer;

  private SentenceTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// @param json a `tokenizer.json`
  /// @param maxTokens longer texts are cut, special tokens included
  /// @throws IOException when it cannot be read or is no tokenizer
  public static SentenceTokenizer open(InputStream json, int maxTokens) throws IOException {
    Map<String, String> options =
        Map.of(
            "addSpecialTokens", "true",
            "truncation", "true",
            "maxLength", Integer.toString(maxTokens),
            "padding", "false");
    try {
      return new SentenceTokenizer(
          HuggingFaceTokenizer.newInstance(TokenizerJson.checked(json), options));
    } catch (RuntimeException e) {
      throw new IOException("not a usable tokenizer: " + e.getMessage(), e);
    }
  }

  /// Token ids of `text`, with special tokens around it.
  public long[] encode(String text) {
    return tokenizer.encode(text).getIds();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
