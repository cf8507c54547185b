package io.chronoscope.messaging.delivery;

import io.chronoscope.messaging.delivery.ConsumeProduceLoop.Output;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/// What of one partition is being processed, and what is published already although records before
/// it are not. The committed offset is that of the first record that is not published; its metadata
/// name the records after it that are, so that the next owner leaves them out.
///
/// Not thread-safe.
final class PartitionWork {

  private static final String PREFIX = "ahead:";

  /// Bytes of records in progress after which no more are read.
  private static final long MAX_BYTES = 4 << 20;

  /// Records that are processed together.
  record Batch(List<Long> offsets, long bytes, Future<List<Output>> outputs) {

    private long firstOffset() {
      return offsets.getFirst();
    }
  }

  private final int maxBatches;
  private final NavigableMap<Long, Batch> inFlight = new TreeMap<>();
  private final NavigableSet<Long> ahead = new TreeSet<>();
  private long end;

  /// @param maxBatches in progress, or published ahead of others, at the same time
  /// @param committed by the owner before; null for none
  PartitionWork(int maxBatches, @Nullable OffsetAndMetadata committed) {
    this.maxBatches = maxBatches;
    if (committed != null && committed.metadata().startsWith(PREFIX)) {
      BitSet published =
          BitSet.valueOf(
              Base64.getDecoder().decode(committed.metadata().substring(PREFIX.length())));
      published.stream().forEach(distance -> ahead.add(committed.offset() + distance));
    }
  }

  /// Whether the record was published by the owner before.
  boolean isPublished(ConsumerRecord<byte[], byte[]> record) {
    return ahead.contains(record.offset());
  }

  /// The records up to here have been read.
  void readTo(long nextOffset) {
    end = Math.max(end, nextOffset);
  }

  void add(List<ConsumerRecord<byte[], byte[]>> records, Future<List<Output>> outputs) {
    long bytes =
        records.stream()
            .mapToLong(record ->
                Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize()))
            .sum();
    Batch batch = new Batch(records.stream().map(ConsumerRecord::offset).toList(), bytes, outputs);
    inFlight.put(batch.firstOffset(), batch);
  }

  /// Whether more may be read.
  boolean hasRoom() {
    return inFlight.size() + ahead.size() < maxBatches
        && inFlight.values().stream().mapToLong(Batch::bytes).sum() < MAX_BYTES;
  }

  /// Batches that are done, in the order of their offsets.
  List<Batch> finished() {
    return inFlight.values().stream().filter(batch -> batch.outputs().isDone()).toList();
  }

  Collection<Batch> inFlight() {
    return inFlight.values();
  }

  /// What is committed together with the outputs of a batch.
  OffsetAndMetadata after(Batch batch) {
    NavigableMap<Long, Batch> left = new TreeMap<>(inFlight);
    left.remove(batch.firstOffset());
    long offset = left.isEmpty() ? end : left.firstKey();
    BitSet published = new BitSet();
    ahead.tailSet(offset).forEach(one -> published.set((int) (one - offset)));
    batch.offsets().stream()
        .filter(one -> one >= offset)
        .forEach(one -> published.set((int) (one - offset)));
    return published.isEmpty()
        ? new OffsetAndMetadata(offset)
        : new OffsetAndMetadata(
            offset, PREFIX + Base64.getEncoder().encodeToString(published.toByteArray()));
  }

  /// The outputs of a batch and [#after] are committed.
  void published(Batch batch) {
    inFlight.remove(batch.firstOffset());
    long offset = inFlight.isEmpty() ? end : inFlight.firstKey();
    ahead.addAll(batch.offsets());
    ahead.headSet(offset).clear();
  }
}
