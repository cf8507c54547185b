package io.chronoscope.search.sentence;

import io.chronoscope.search.TextEmbedder;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Opens an embedder when the first text needs it: a service that publishes nothing, and a search
/// by words alone, need not load a model. Thread-safe.
public final class DeferredEmbedder implements TextEmbedder {

  private final String id;
  private final int dimensions;
  private final Supplier<TextEmbedder> opening;
  private @Nullable TextEmbedder opened;
  private boolean closed;

  /// @param opening called at most once; what it returns is closed with this object
  public DeferredEmbedder(String id, int dimensions, Supplier<TextEmbedder> opening) {
    this.id = id;
    this.dimensions = dimensions;
    this.opening = opening;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return open().embed(texts);
  }

  private synchronized TextEmbedder open() {
    if (closed) {
      throw new IllegalStateException("the embedder is closed");
    }
    TextEmbedder embedder = opened;
    if (embedder == null) {
      embedder = opening.get();
      opened = embedder;
    }
    return embedder;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (opened != null) {
      opened.close();
    }
  }
}
