package io.chronoscope.search.sentence;

import io.chronoscope.search.TextEmbedder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Computes the embedding of a text once and keeps the most recently used: cameras see the same
/// things again and again, and a description stays the same over the revisions of an event.
/// Thread-safe.
public final class RememberedEmbeddings implements TextEmbedder {

  private final TextEmbedder embedder;
  private final Map<String, float[]> remembered;

  /// @param embedder closed with this object
  /// @param texts how many to keep; each takes 1.6 KB and its characters
  public RememberedEmbeddings(TextEmbedder embedder, int texts) {
    this.embedder = embedder;
    this.remembered =
        new LinkedHashMap<>(64, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
            return size() > texts;
          }
        };
  }

  @Override
  public String id() {
    return embedder.id();
  }

  @Override
  public int dimensions() {
    return embedder.dimensions();
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    Map<String, float[]> known = new LinkedHashMap<>();
    Set<String> unknown = new LinkedHashSet<>();
    synchronized (remembered) {
      for (String text : texts) {
        float[] vector = remembered.get(text);
        if (vector == null) {
          unknown.add(text);
        } else {
          known.put(text, vector);
        }
      }
    }
    if (!unknown.isEmpty()) {
      List<String> missing = new ArrayList<>(unknown);
      List<float[]> vectors = embedder.embed(missing);
      synchronized (remembered) {
        for (int i = 0; i < missing.size(); i++) {
          known.put(missing.get(i), vectors.get(i));
          remembered.put(missing.get(i), vectors.get(i));
        }
      }
    }
    List<float[]> vectors = new ArrayList<>();
    for (String text : texts) {
      vectors.add(Objects.requireNonNull(known.get(text)));
    }
    return vectors;
  }

  @Override
  public void close() {
    embedder.close();
  }
}
