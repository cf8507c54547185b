package io.chronoscope.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.Result;
import io.chronoscope.record.JsonFields;
import io.chronoscope.record.MalformedRecordException;
import io.chronoscope.record.ResultEnvelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads results from their topics without a consumer group: nobody's offsets move. Results of one
/// stream come in their order within a topic; several topics are read side by side. For use by one
/// thread, except [#stop()].
public final class ResultReader implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Map<TopicPartition, Long> ends;
  private volatile boolean stopped;

  /// Where reading begins.
  public enum From {
    BEGINNING,
    /// Only what is published after the reader was opened.
    NOW
  }

  /// A record of a results' topic.
  public sealed interface Read {

    /// Where the record lies.
    ChunkOrigin at();

    /// @param result what was published
    /// @param json the record's value as it was published, also with fields that this version does
    ///   not know
    record Published(ChunkOrigin at, Result result, JsonNode json) implements Read {}

    /// A record that is none of ours, or damaged.
    record Foreign(ChunkOrigin at, String problem) implements Read {}
  }

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when a topic does not exist
  public ResultReader(Map<String, Object> kafka, Collection<String> topics, From from) {
    this.consumer =
        new KafkaConsumer<>(
            withDefaults(kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      for (String topic : topics) {
        List<PartitionInfo> known = consumer.partitionsFor(topic);
        if (known == null || known.isEmpty()) {
          throw new IllegalArgumentException("topic " + topic + " does not exist");
        }
        known.forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
      }
      consumer.assign(partitions);
      this.ends = Map.copyOf(consumer.endOffsets(partitions));
      switch (from) {
        case BEGINNING -> consumer.seekToBeginning(partitions);
        case NOW -> ends.forEach(consumer::seek);
      }
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /// What has come, waiting for at most `timeout`; nothing when nothing has come or the reader was
  /// stopped.
  public List<Read> poll(Duration timeout) {
    List<Read> read = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
        // A null value takes a compacted key away; there is nothing to show.
        if (record.value() != null) {
          read.add(read(record));
        }
      }
    } catch (WakeupException e) {
      stopped = true;
    }
    return read;
  }

  /// Whether everything that was there when the reader was opened has been read.
  public boolean caughtUp() {
    return partitions.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L));
  }

  /// Reads what was there when the reader was opened, then returns.
  public void readToEnd(Consumer<Read> sink) {
    while (!stopped && !caughtUp()) {
      poll(Duration.ofMillis(200)).forEach(sink);
    }
  }

  /// Reads on until [#stop()].
  public void follow(Consumer<Read> sink) {
    while (!stopped) {
      poll(Duration.ofSeconds(1)).forEach(sink);
    }
  }

  /// Lets a waiting call return soon, from any thread.
  public void stop() {
    stopped = true;
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }

  private static Read read(ConsumerRecord<byte[], byte[]> record) {
    ChunkOrigin at = new ChunkOrigin(record.topic(), record.partition(), record.offset());
    try {
      return new Read.Published(
          at, ResultEnvelope.read(record), JsonFields.parse(record.value()).node());
    } catch (MalformedRecordException e) {
      return new Read.Foreign(at, String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, Object> withDefaults(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return properties;
  }
}
