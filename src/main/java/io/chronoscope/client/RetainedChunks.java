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

/// The chunks that the topic still keeps, read with consumers that belong to no group: nobody's
/// offsets move. Of a stretch only what is asked for is read, a few records ahead.
///
/// A stretch is looked for where the records' own timestamps say it should be. That is right for
/// cameras, whose chunks are written when they are recorded, and recognised as wrong for videos
/// that are sent faster than they play: the first chunk found there begins later than the stretch.
/// Then the partition is read from its beginning.
public final class RetainedChunks implements ChunkArchive {

  /// A chunk is written at its end or later; this is longer than chunks are.
  private static final Duration LONGEST_CHUNK = Duration.ofMinutes(11);

  /// Chunks that come this much after later ones are still found.
  private static final Duration LATE = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> properties;
  private final String topic;
  private final ChunkEnvelope envelope;
  private final long maxBytes;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param maxBytes as much is read for one stretch at most
  public RetainedChunks(
      Map<String, Object> kafka, String topic, ChunkEnvelope envelope, long maxBytes) {
    this.properties = withFetchLimits(kafka);
    this.topic = topic;
    this.envelope = envelope;
    this.maxBytes = maxBytes;
  }

  @Override
  public Optional<ChunkCursor> open(String stream, Instant from, Instant to) {
    Reading reading = new Reading(ConsumerSettings.openWithoutGroup(properties), stream, from, to);
    boolean found = false;
    try {
      found = reading.find();
      return found ? Optional.of(reading) : Optional.empty();
    } finally {
      if (!found) {
        reading.close();
      }
    }
  }

  private final class Reading implements ChunkCursor {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final byte[] key;
    private final Instant from;
    private final Instant to;
    private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    private final Deque<StreamInput> ready = new ArrayDeque<>();
    private @Nullable Chunk before;
    private long end;
    private long bytes;
    private boolean gone;
    private boolean over;

    Reading(KafkaConsumer<byte[], byte[]> consumer, String stream, Instant from, Instant to) {
      this.consumer = consumer;
      this.key = stream.getBytes(StandardCharsets.UTF_8);
      this.from = from;
      this.to = to;
    }

    /// Goes to the stream's first record that may matter.
    boolean find() {
      for (TopicPartition partition : partitions()) {
        consumer.assign(List.of(partition));
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        gone = begin > 0;
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

    /// The one on which the usual partitioner puts the stream first.
    private List<TopicPartition> partitions() {
      List<PartitionInfo> known = consumer.partitionsFor(topic);
      if (known == null || known.isEmpty()) {
        return List.of();
      }
      int usual = Utils.toPositive(Utils.murmur2(key)) % known.size();
      List<TopicPartition> partitions = new ArrayList<>();
      partitions.add(new TopicPartition(topic, usual));
      for (PartitionInfo one : known) {
        if (one.partition() != usual) {
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
              // Such a key is refused, so nothing of this stream is there.
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
              "%s was read up to %d bytes without coming to the end of what was asked for"
                  .formatted(topic, maxBytes));
        }
      }
    }

    /// A chunk that begins before the stretch may reach into it; only the one after it tells, so it
    /// is held until then.
    @Override
    public Optional<StreamInput> next() {
      while (true) {
        Optional<StreamInput> next = over ? Optional.empty() : following();
        if (next.isEmpty() || isPast(next.get())) {
          over = true;
          return letGo();
        }
        if (!(next.get() instanceof Chunk chunk) || !beginsBefore(chunk)) {
          if (before == null) {
            return next;
          }
          ready.addFirst(next.get());
          return letGo();
        }
        before = chunk;
      }
    }

    private Optional<StreamInput> following() {
      return ready.isEmpty() ? nextOfStream() : Optional.of(ready.remove());
    }

    private Optional<StreamInput> letGo() {
      Optional<StreamInput> held = Optional.ofNullable(before);
      before = null;
      return held;
    }

    private boolean beginsBefore(Chunk chunk) {
      return chunk.declaredStart().filter(start -> !start.isAfter(from)).isPresent();
    }

    private boolean isPast(StreamInput input) {
      return input instanceof Chunk chunk
          && chunk.declaredStart().filter(start -> start.isAfter(to.plus(LATE))).isPresent();
    }

    @Override
    public boolean earlierExpired() {
      return gone;
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
