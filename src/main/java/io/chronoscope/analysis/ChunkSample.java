package io.chronoscope.analysis;

import io.chronoscope.domain.ChunkOrigin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Limits how many chunks a result names. A span that lasts for hours was seen in thousands of
/// chunks, and a record that named them all would exceed the broker's size limit.
public final class ChunkSample {

  /// Of a longer list, half as many are taken from its start and half from its end.
  static final int MAX_CHUNKS = 64;

  private ChunkSample() {}

  /// @param chunks in order, each once
  public static List<ChunkOrigin> of(Collection<ChunkOrigin> chunks) {
    List<ChunkOrigin> all = List.copyOf(chunks);
    if (all.size() <= MAX_CHUNKS) {
      return all;
    }
    List<ChunkOrigin> few = new ArrayList<>(all.subList(0, MAX_CHUNKS / 2));
    few.addAll(all.subList(all.size() - MAX_CHUNKS / 2, all.size()));
    return List.copyOf(few);
  }
}
