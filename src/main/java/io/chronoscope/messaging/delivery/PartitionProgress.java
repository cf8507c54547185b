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

/// Tracks which records of one partition were read and which of these are still needed. The offset
/// to commit is the lowest that any stream needs: after a restart reading starts there, and each
/// stream skips what precedes its own state. Records that belong to no stream have no state; which
/// of them were rejected already is recorded in the metadata of the committed offset.
///
/// Holds offsets and names, never payloads. Not thread-safe; [ChunkOffsets] guards it.
public final class PartitionProgress {

  /// A record that was read and is still needed.
  ///
  /// @param stream that needs it; the partition's name if it belongs to no stream
  /// @param record content of its dead letter, if it is rejected
  public record PendingRecord(String stream, RejectedRecord record) {

    /// A record of which nothing else is known.
    PendingRecord(String stream, Instant recordTime, int sizeBytes) {
      this(stream, new RejectedRecord(recordTime, sizeBytes, Optional.empty(), Optional.empty()));
    }
  }

  private static final Pattern REJECTED = Pattern.compile("refused<=(\\d+)");
  private static final String NONE_REJECTED = "";

  private final int generation;
  private final SortedMap<Long, PendingRecord> pending = new TreeMap<>();
  private final Map<String, Long> neededFrom = new HashMap<>();
  private final Set<String> ended = new HashSet<>();
  private final Set<String> streams = new HashSet<>();
  private long next;
  private long rejectedThrough = -1;
  private OffsetAndMetadata committed;

  /// @param generation of the consumer group when the partition was assigned
  /// @param position the first offset that will be read
  public PartitionProgress(int generation, long position) {
    this(generation, new OffsetAndMetadata(position));
  }

  /// @param generation of the consumer group when the partition was assigned
  /// @param committed the last committed offset, with its metadata
  public PartitionProgress(int generation, OffsetAndMetadata committed) {
    this.generation = generation;
    this.next = committed.offset();
    this.committed = committed;
    Matcher rejected = REJECTED.matcher(committed.metadata());
    if (rejected.matches()) {
      rejectedThrough = Long.parseLong(rejected.group(1));
    }
  }

  int generation() {
    return generation;
  }

  /// Restores the progress of a stream from its state.
  public void restore(StateRecord state) {
    neededFrom.put(state.stream(), state.neededFrom());
    if (state.state().isPresent()) {
      streams.add(state.stream());
    } else {
      ended.add(state.stream());
    }
  }

  /// Adds a record that was read.
  ///
  /// @return whether its stream still needs it; false if a commit before a restart already covers
  ///   it
  /// @throws IllegalStateException if the offset is not higher than all before
  boolean add(long offset, PendingRecord record) {
    if (offset < next) {
      throw new IllegalStateException("offset " + offset + " was read after offset " + (next - 1));
    }
    next = offset + 1;
    if (offset < neededFrom.getOrDefault(record.stream(), 0L)) {
      return false;
    }
    streams.add(record.stream());
    pending.put(offset, record);
    return true;
  }

  /// Adds a record that was read and belongs to no stream.
  ///
  /// @return whether it is still to be rejected; false if that happened before a restart
  boolean addWithoutStream(long offset, PendingRecord record) {
    next = Math.max(next, offset + 1);
    if (offset <= rejectedThrough) {
      return false;
    }
    pending.put(offset, record);
    return true;
  }

  Optional<PendingRecord> pending(long offset) {
    return Optional.ofNullable(pending.get(offset));
  }

  /// Acknowledges a stream's records before offset `from`; the stream continues.
  void acknowledge(String stream, long from) {
    acknowledgeBefore(stream, from);
    ended.remove(stream);
  }

  /// Acknowledges a stream's records before offset `from`; the stream has ended and has no state.
  void acknowledgeEnd(String stream, long from) {
    acknowledgeBefore(stream, from);
    ended.add(stream);
  }

  private void acknowledgeBefore(String stream, long from) {
    neededFrom.merge(stream, from, Math::max);
    pending.headMap(from).values().removeIf(record -> record.stream().equals(stream));
  }

  /// Acknowledges a record that belongs to no stream; to be called in the order of the offsets.
  void acknowledgeWithoutStream(long offset) {
    pending.remove(offset);
    rejectedThrough = Math.max(rejectedThrough, offset);
  }

  /// The lowest offset that is still needed: everything before it may be committed.
  long committable() {
    return pending.isEmpty() ? next : pending.firstKey();
  }

  /// Number of records that were read and are still needed.
  int outstanding() {
    return pending.size();
  }

  /// The offset to commit now; empty if it is committed already.
  Optional<OffsetAndMetadata> due() {
    long offset = committable();
    OffsetAndMetadata now =
        new OffsetAndMetadata(
            offset, rejectedThrough >= offset ? "refused<=" + rejectedThrough : NONE_REJECTED);
    return now.equals(committed) ? Optional.empty() : Optional.of(now);
  }

  /// Records that an offset was committed.
  ///
  /// @return ended streams of which no record will be read again, so that their states can be
  ///   deleted
  List<String> committed(OffsetAndMetadata offset) {
    committed = offset;
    List<String> finished = new ArrayList<>();
    for (Iterator<String> candidates = ended.iterator(); candidates.hasNext(); ) {
      String stream = candidates.next();
      if (neededFrom.getOrDefault(stream, 0L) <= offset.offset()) {
        candidates.remove();
        neededFrom.remove(stream);
        boolean startedAgain =
            pending.values().stream().anyMatch(record -> record.stream().equals(stream));
        if (!startedAgain) {
          streams.remove(stream);
          finished.add(stream);
        }
      }
    }
    return finished;
  }

  /// Streams whose chunks are on this partition.
  Set<String> streams() {
    return streams;
  }
}
