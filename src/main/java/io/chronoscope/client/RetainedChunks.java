package io.chronoscope.client;

import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ChunkEnvelope.NoStreamException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// Reads the retained chunks of the chunks topic with consumers outside any group, so that no
/// group's offsets move. A cursor reads on demand, a few records ahead.
///
/// A time range is first located by the records' own timestamps. That is right for cameras, whose
/// chunks are written as they are recorded. For videos that are sent faster than real time it is
/// wrong, and detected: the first chunk found there starts after the range. Then the partition is
/// read from its first record.
public final class RetainedChunks implements ChunkArchive {

  /// Longer than any chunk: a chunk is written at its end or later.
  private static final Duration LONGEST_CHUNK = Duration.ofMinutes(11);

  /// How far out of order a chunk may be and still be found.
  private static final Duration ALLOWED_LATENESS = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> properties;
  private final String topic;
  private final ChunkEnvelope envelope;
  private final long maxBytes;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param maxBytes read limit per time range
  public RetainedChunks(
      Map<String, Object> kafka, String topic, ChunkEnvelope envelope, long maxBytes) {
    this.properties = withFetchLimits(kafka);
    this.topic = topic;
    this.envelope = envelope;
    this.maxBytes = maxBytes;
  }

  @Override
  public Optional<ChunkCursor> open(String stream, Instant from, Instant to) {
    Cursor cursor = new Cursor(ConsumerSettings.openWithoutGroup(properties), stream, from, to);
    boolean found = false;
    try {
      found = cursor.find();
      return found ? Optional.of(cursor) : Optional.empty();
    } finally {
      if (!found) {
        cursor.close();
      }
    }
  }

  private final class Cursor implements ChunkCursor {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final byte[] key;
    private final Instant from;
    private final Instant to;
    private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    private final Deque<StreamInput> ready = new ArrayDeque<>();
    private @Nullable Chunk pending;
    private long end;
    private long bytes;
    private boolean earlierExpired;
    private boolean exhausted;

    Cursor(KafkaConsumer<byte[], byte[]> consumer, String stream, Instant from, Instant to) {
      this.consumer = consumer;
      this.key = stream.getBytes(StandardCharsets.UTF_8);
      this.from = from;
      this.to = to;
    }

    /// Positions the consumer at the stream's first record that may overlap the range.
    boolean find() {
      for (TopicPartition partition : partitions()) {
        consumer.assign(List.of(partition));
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        earlierExpired = begin > 0;
        long hint = hint(partition).orElse(begin);
        if (hint > begin) {
          consumer.seek(partition, hint);
          Optional<StreamInput> first = nextOfStream();
          if (first.isPresent()
              && first.get() instanceof Chunk chunk
              && chunk.declaredStart().filter(start -> !start.isAfter(from)).isPresent()) {
            ready.add(chunk);
            return true;
          }
        }
        fetched.clear();
        consumer.seek(partition, begin);
        Optional<StreamInput> first = nextOfStream();
        if (first.isPresent()) {
          ready.add(first.get());
          return true;
        }
        fetched.clear();
      }
      return false;
    }

    /// All partitions, first the one that the default partitioner chooses for the stream.
    private List<TopicPartition> partitions() {
      List<PartitionInfo> known = consumer.partitionsFor(topic);
      if (known == null || known.isEmpty()) {
        return List.of();
      }
      int expected = Utils.toPositive(Utils.murmur2(key)) % known.size();
      List<TopicPartition> partitions = new ArrayList<>();
      partitions.add(new TopicPartition(topic, expected));
      for (PartitionInfo one : known) {
        if (one.partition() != expected) {
          partitions.add(new TopicPartition(topic, one.partition()));
        }
      }
      return partitions;
    }

    private Optional<Long> hint(TopicPartition partition) {
      long time = Math.max(0, from.minus(LONGEST_CHUNK).toEpochMilli());
      OffsetAndTimestamp at = consumer.offsetsForTimes(Map.of(partition, time)).get(partition);
      return at == null ? Optional.empty() : Optional.of(at.offset());
    }

    private Optional<StreamInput> nextOfStream() {
      while (true) {
        while (!fetched.isEmpty()) {
          ConsumerRecord<byte[], byte[]> record = fetched.remove();
          if (Arrays.equals(key, record.key())) {
            try {
              return Optional.of(envelope.read(record));
            } catch (NoStreamException e) {
              // A key that is no valid stream id; no stream has records under it.
            }
          }
        }
        if (consumer.assignment().stream().allMatch(p -> consumer.position(p) >= end)) {
          return Optional.empty();
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          bytes += Math.max(0, record.serializedValueSize());
          fetched.add(record);
        }
        if (bytes > maxBytes) {
          throw new TooMuchToReadException(
              "reading %s stopped at the limit of %d bytes before the end of the requested range"
                  .formatted(topic, maxBytes));
        }
      }
    }

    /// A chunk that starts before the range may overlap it; only the next chunk shows that, so it
    /// is buffered until then.
    @Override
    public Optional<StreamInput> next() {
      while (true) {
        Optional<StreamInput> next = exhausted ? Optional.empty() : following();
        if (next.isEmpty() || isPast(next.get())) {
          exhausted = true;
          return flushPending();
        }
        if (!(next.get() instanceof Chunk chunk) || !startsBefore(chunk)) {
          if (pending == null) {
            return next;
          }
          ready.addFirst(next.get());
          return flushPending();
        }
        pending = chunk;
      }
    }

    private Optional<StreamInput> following() {
      return ready.isEmpty() ? nextOfStream() : Optional.of(ready.remove());
    }

    private Optional<StreamInput> flushPending() {
      Optional<StreamInput> chunk = Optional.ofNullable(pending);
      pending = null;
      return chunk;
    }

    private boolean startsBefore(Chunk chunk) {
      return chunk.declaredStart().filter(start -> !start.isAfter(from)).isPresent();
    }

    private boolean isPast(StreamInput input) {
      return input instanceof Chunk chunk
          && chunk
              .declaredStart()
              .filter(start -> start.isAfter(to.plus(ALLOWED_LATENESS)))
              .isPresent();
    }

    @Override
    public boolean earlierExpired() {
      return earlierExpired;
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  /// Small fetches: chunks are large, and few of them are needed.
  static Map<String, Object> withFetchLimits(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 8);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 * 1024 * 1024);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 16 * 1024 * 1024);
    return properties;
  }
}
