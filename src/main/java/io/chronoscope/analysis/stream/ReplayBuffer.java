package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.domain.StreamInput.Chunk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The records that a stream needs back when it goes on, until all of them were read again.
final class ReplayBuffer {

  private final Deque<NeededRecord> toTake = new ArrayDeque<>();
  private final List<NeededRecord> toHold;
  private final Set<Long> awaited;
  private final Map<Long, Chunk> here = new HashMap<>();

  ReplayBuffer(List<NeededRecord> needed) {
    needed.stream().filter(record -> record.decoded().isPresent()).forEach(toTake::add);
    toHold = needed.stream().filter(record -> record.decoded().isEmpty()).toList();
    awaited = needed.stream().map(NeededRecord::offset).collect(Collectors.toSet());
  }

  /// A record that is needed, and its chunk.
  record Back(NeededRecord needed, Chunk chunk) {}

  boolean isComplete() {
    return awaited.isEmpty();
  }

  /// One of the records that were read before. Only the needed ones are kept.
  void add(Chunk chunk) {
    if (awaited.remove(chunk.origin().offset())) {
      here.put(chunk.origin().offset(), chunk);
    }
  }

  /// What is not here yet will not come.
  void giveUp() {
    awaited.clear();
    toTake.removeIf(record -> !here.containsKey(record.offset()));
  }

  /// The next chunk to decode again, in the order in which they were decoded before.
  Optional<Back> nextTaken() {
    NeededRecord next = toTake.peek();
    Chunk chunk = next == null ? null : here.remove(next.offset());
    return next == null || chunk == null
        ? Optional.empty()
        : Optional.of(new Back(toTake.remove(), chunk));
  }

  /// The chunks that were held back.
  List<Back> held() {
    List<Back> held = new ArrayList<>();
    for (NeededRecord needed : toHold) {
      Chunk chunk = here.get(needed.offset());
      if (chunk != null) {
        held.add(new Back(needed, chunk));
      }
    }
    return held;
  }
}
