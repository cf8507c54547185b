package io.chronoscope.search.indexing;

import io.chronoscope.domain.Result;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.query.Contrasts;
import io.chronoscope.wire.ResultType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The embeddings by which results are found.
public final class TextEmbeddings {

  private TextEmbeddings() {}

  /// Whether its text is found by meaning. The texts of gaps and dead letters are the program's own
  /// words.
  private static boolean isEmbedded(Result result) {
    return switch (ResultType.of(result)) {
      case EVENT, SUMMARY, ALERT, ANSWER -> true;
      case GAP, STREAM_END, UNANSWERED, DEAD_LETTER -> false;
    };
  }

  /// What is embedded of each result that is found by meaning.
  public static Map<IndexedResult, String> texts(List<IndexedResult> results) {
    Map<IndexedResult, String> texts = new HashMap<>();
    for (IndexedResult one : results) {
      if (isEmbedded(one.result()) && !one.text().isBlank()) {
        texts.put(one, Contrasts.ENGLISH.inPlainWords(one.text()));
      }
    }
    return texts;
  }

  /// One embedding for each result that is found by meaning.
  public static Map<IndexedResult, float[]> of(List<IndexedResult> results, TextEmbedder embedder) {
    Map<IndexedResult, String> texts = texts(results);
    List<IndexedResult> some = List.copyOf(texts.keySet());
    Map<IndexedResult, float[]> vectors = new HashMap<>();
    if (!some.isEmpty()) {
      List<float[]> embedded = embedder.embed(some.stream().map(texts::get).toList());
      for (int i = 0; i < some.size(); i++) {
        vectors.put(some.get(i), embedded.get(i));
      }
    }
    return vectors;
  }
}
