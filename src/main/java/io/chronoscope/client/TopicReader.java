package io.chronoscope.client;

import io.chronoscope.client.ResultReader.From;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads whole topics without a consumer group, and what is committed only: nobody's offsets move.
/// For use by one thread, except [#stop()].
final class TopicReader implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Map<TopicPartition, Long> ends;
  private volatile boolean stopped;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when a topic does not exist
  TopicReader(Map<String, Object> kafka, Collection<String> topics, From from) {
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
  List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try {
      consumer.poll(timeout).forEach(records::add);
    } catch (WakeupException e) {
      stopped = true;
    }
    return records;
  }

  /// Whether everything that was there when the reader was opened has been read.
  boolean caughtUp() {
    return partitions.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L));
  }

  boolean isStopped() {
    return stopped;
  }

  /// Lets a waiting call return soon, from any thread.
  void stop() {
    stopped = true;
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }

  private static Map<String, Object> withDefaults(Map<String, Object> kafka) {
    Map<String, Object> properties = CommittedRecords.consumer(kafka);
    properties.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return properties;
  }
}
