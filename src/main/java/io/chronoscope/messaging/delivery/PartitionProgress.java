package io.chronoscope.messaging.delivery;

import io.chronoscope.wire.RejectedRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/// What has been read of one partition and what of it is done with. The offset to commit is the
/// lowest that some stream still needs: a restart reads from there on, and each stream skips what
/// lies before its own mark. Records that belong to no stream have no mark; that they were refused
/// already is noted beside the offset, as its metadata.
///
/// Holds offsets and names, never payloads. Not thread-safe; [ChunkOffsets] guards it.
public final class PartitionProgress {

  /// A record that was read and that its stream still needs.
  ///
  /// @param record what a dead letter would say of it
  public record Taken(String stream, RejectedRecord record) {

    /// A record of which no more is known.
    Taken(String stream, Instant recordTime, int sizeBytes) {
      this(stream, new RejectedRecord(recordTime, sizeBytes, Optional.empty(), Optional.empty()));
    }
  }

  private static final Pattern REFUSED = Pattern.compile("refused<=(\\d+)");
  private static final String NOTHING_REFUSED = "";

  private final int generation;
  private final SortedMap<Long, Taken> needed = new TreeMap<>();
  private final Map<String, Long> neededFrom = new HashMap<>();
  private final Set<String> over = new HashSet<>();
  private final Set<String> streams = new HashSet<>();
  private long next;
  private long refusedThrough = -1;
  private OffsetAndMetadata committed;

  /// @param generation of the consumer group when the partition was assigned
  /// @param position the first offset that will be read
  public PartitionProgress(int generation, long position) {
    this(generation, new OffsetAndMetadata(position));
  }

  /// @param committed where the partition was left, as it was committed
  public PartitionProgress(int generation, OffsetAndMetadata committed) {
    this.generation = generation;
    this.next = committed.offset();
    this.committed = committed;
    Matcher refused = REFUSED.matcher(committed.metadata());
    if (refused.matches()) {
      refusedThrough = Long.parseLong(refused.group(1));
    }
  }

  int generation() {
    return generation;
  }

  /// Notes a state that was read back.
  public void restore(StateRecord state) {
    neededFrom.put(state.stream(), state.neededFrom());
    if (state.state().isPresent()) {
      streams.add(state.stream());
    } else {
      over.add(state.stream());
    }
  }

  /// Notes a record that was read.
  ///
  /// @return whether its stream still needs it; false when a step that survived a restart was
  ///   already past it
  /// @throws IllegalStateException when offsets do not rise
  boolean take(long offset, Taken record) {
    if (offset < next) {
      throw new IllegalStateException("offset " + offset + " came after " + (next - 1));
    }
    next = offset + 1;
    if (offset < neededFrom.getOrDefault(record.stream(), 0L)) {
      return false;
    }
    streams.add(record.stream());
    needed.put(offset, record);
    return true;
  }

  /// Notes a record that was read and belongs to no stream.
  ///
  /// @return whether it is still to be refused; false when that was done before a restart
  boolean takeAlone(long offset, Taken record) {
    next = Math.max(next, offset + 1);
    if (offset <= refusedThrough) {
      return false;
    }
    needed.put(offset, record);
    return true;
  }

  Optional<Taken> taken(long offset) {
    return Optional.ofNullable(needed.get(offset));
  }

  /// Lets go of a stream's records before `from`.
  ///
  /// @param streamIsOver whether the stream has no state any more
  void release(String stream, long from, boolean streamIsOver) {
    neededFrom.merge(stream, from, Math::max);
    needed.headMap(from).values().removeIf(record -> record.stream().equals(stream));
    if (streamIsOver) {
      over.add(stream);
    } else {
      over.remove(stream);
    }
  }

  /// Lets go of a single record that belongs to no stream. These come in their order.
  void release(long offset) {
    needed.remove(offset);
    refusedThrough = Math.max(refusedThrough, offset);
  }

  /// The lowest offset that is still needed: everything before it may be committed.
  long committable() {
    return needed.isEmpty() ? next : needed.firstKey();
  }

  /// How many records are read and still needed.
  int outstanding() {
    return needed.size();
  }

  /// What is to be committed now; empty when it is committed already.
  Optional<OffsetAndMetadata> due() {
    long offset = committable();
    OffsetAndMetadata now =
        new OffsetAndMetadata(
            offset, refusedThrough >= offset ? "refused<=" + refusedThrough : NOTHING_REFUSED);
    return now.equals(committed) ? Optional.empty() : Optional.of(now);
  }

  /// Notes a commit.
  ///
  /// @return streams that are over and of which no record will be read again, so that nothing need
  ///   be kept of them
  List<String> committed(OffsetAndMetadata offset) {
    committed = offset;
    List<String> gone = new ArrayList<>();
    for (Iterator<String> ended = over.iterator(); ended.hasNext(); ) {
      String stream = ended.next();
      if (neededFrom.getOrDefault(stream, 0L) <= offset.offset()) {
        ended.remove();
        neededFrom.remove(stream);
        boolean begunAgain =
            needed.values().stream().anyMatch(record -> record.stream().equals(stream));
        if (!begunAgain) {
          streams.remove(stream);
          gone.add(stream);
        }
      }
    }
    return gone;
  }

  /// Streams that this partition carries.
  Set<String> streams() {
    return streams;
  }
}
