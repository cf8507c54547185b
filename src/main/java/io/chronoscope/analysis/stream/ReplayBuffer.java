package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.domain.StreamInput.Chunk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Collects the records that a resumed stream needs again, until all of them have been replayed.
final class ReplayBuffer {

  private final Deque<NeededRecord> decoded = new ArrayDeque<>();
  private final List<NeededRecord> undecoded;
  private final Set<Long> missing;
  private final Map<Long, Chunk> received = new HashMap<>();

  ReplayBuffer(List<NeededRecord> needed) {
    needed.stream().filter(record -> record.decoded().isPresent()).forEach(decoded::add);
    undecoded = needed.stream().filter(record -> record.decoded().isEmpty()).toList();
    missing = needed.stream().map(NeededRecord::offset).collect(Collectors.toSet());
  }

  boolean isComplete() {
    return missing.isEmpty();
  }

  /// Keeps the chunk of a record that was read before, if it is needed.
  void add(Chunk chunk) {
    if (missing.remove(chunk.origin().offset())) {
      received.put(chunk.origin().offset(), chunk);
    }
  }

  /// Stops waiting for the records that are missing.
  void abandon() {
    missing.clear();
    decoded.removeIf(record -> !received.containsKey(record.offset()));
  }

  /// Decodes again what has been received, in the order in which it was decoded before, up to the
  /// first chunk that is missing.
  void decodeInto(Timeline timeline) {
    while (!decoded.isEmpty()) {
      Chunk chunk = received.remove(decoded.element().offset());
      if (chunk == null) {
        return;
      }
      timeline.replay(chunk, decoded.remove());
    }
  }

  /// The received chunks that had not been decoded, in time order.
  List<PlacedChunk> undecoded() {
    List<PlacedChunk> placed = new ArrayList<>();
    for (NeededRecord record : undecoded) {
      Chunk chunk = received.get(record.offset());
      if (chunk != null) {
        placed.add(new PlacedChunk(chunk, record.sequence(), record.start()));
      }
    }
    return placed;
  }
}
