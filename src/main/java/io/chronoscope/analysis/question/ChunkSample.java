package io.chronoscope.analysis.question;

import io.chronoscope.domain.ChunkOrigin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The chunks that a result names. What lasts for hours was shown by thousands of chunks, and a
/// record that named them all would grow until no broker takes it.
final class ChunkSample {

  /// So many are named: of more the first half and the last half of these.
  static final int AT_MOST = 64;

  private ChunkSample() {}

  /// @param chunks in order, each once
  static List<ChunkOrigin> of(Collection<ChunkOrigin> chunks) {
    List<ChunkOrigin> all = List.copyOf(chunks);
    if (all.size() <= AT_MOST) {
      return all;
    }
    List<ChunkOrigin> few = new ArrayList<>(all.subList(0, AT_MOST / 2));
    few.addAll(all.subList(all.size() - AT_MOST / 2, all.size()));
    return List.copyOf(few);
  }
}
