package io.chronoscope.client;

import io.chronoscope.client.ResultReader.From;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/// Reads the committed records of topics, or of some of their partitions, without a consumer group:
/// no group's offsets move. For use by one thread, except [#stop()].
public final class TopicReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration POLL_WHEN_FOLLOWING = Duration.ofSeconds(1);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  /// The ends of the partitions when the reader was opened.
  private final Map<TopicPartition, Long> ends;

  private volatile boolean stopped;

  /// All partitions of the topics.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when a topic does not exist
  TopicReader(Map<String, Object> kafka, Collection<String> topics, From from) {
    this(kafka, consumer -> partitions(consumer, topics), from);
  }

  /// All partitions of the topics, from the first record on that was published at a time or later.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when a topic does not exist
  static TopicReader since(
      Map<String, Object> kafka, Collection<String> topics, Instant published) {
    TopicReader reader = new TopicReader(kafka, topics, From.BEGINNING);
    try {
      Map<TopicPartition, Long> times = new HashMap<>();
      reader.partitions.forEach(one -> times.put(one, Math.max(0, published.toEpochMilli())));
      reader
          .consumer
          .offsetsForTimes(times)
          .forEach((partition, found) ->
              reader.consumer.seek(
                  partition,
                  found == null ? reader.ends.getOrDefault(partition, 0L) : found.offset()));
      return reader;
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /// Reads some partitions, which exist, from their first record on.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  public static TopicReader ofPartitions(
      Map<String, Object> kafka, Collection<TopicPartition> partitions) {
    return new TopicReader(kafka, consumer -> List.copyOf(partitions), From.BEGINNING);
  }

  private TopicReader(Map<String, Object> kafka, PartitionChoice choice, From from) {
    this.consumer = ConsumerSettings.openWithoutGroup(kafka);
    try {
      this.partitions = choice.of(consumer);
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

  @FunctionalInterface
  private interface PartitionChoice {

    List<TopicPartition> of(KafkaConsumer<byte[], byte[]> consumer);
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, Collection<String> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      List<PartitionInfo> known = consumer.partitionsFor(topic);
      if (known == null || known.isEmpty()) {
        throw new IllegalArgumentException("topic " + topic + " does not exist");
      }
      known.forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
    }
    return partitions;
  }

  /// Reads a topic from its first record to its end at the time of the call.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when the topic does not exist
  static void readWhole(
      Map<String, Object> kafka, String topic, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    try (TopicReader reader = new TopicReader(kafka, List.of(topic), From.BEGINNING)) {
      reader.readToEnd(sink);
    }
  }

  /// The next records; empty when none arrive within `timeout` or the reader is stopped.
  List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try {
      consumer.poll(timeout).forEach(records::add);
    } catch (WakeupException e) {
      stopped = true;
    }
    return records;
  }

  /// The first offsets that the partitions retain now.
  Map<TopicPartition, Long> beginnings() {
    return Map.copyOf(consumer.beginningOffsets(partitions));
  }

  /// Whether everything up to the ends at the time of opening has been read.
  boolean caughtUp() {
    return reached(ends);
  }

  private boolean reached(Map<TopicPartition, Long> offsets) {
    return partitions.stream().allMatch(p -> consumer.position(p) >= offsets.getOrDefault(p, 0L));
  }

  /// Reads up to the ends at the time of opening, or until [#stop()].
  public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    readTo(ends, sink);
  }

  /// Reads up to the ends at the time of the call, or until [#stop()].
  void readToPresentEnd(Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    readTo(consumer.endOffsets(partitions), sink);
  }

  private void readTo(
      Map<TopicPartition, Long> offsets, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    while (!stopped && !reached(offsets)) {
      poll(POLL).forEach(sink);
    }
  }

  /// Reads until [#stop()].
  void follow(Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    while (!stopped) {
      poll(POLL_WHEN_FOLLOWING).forEach(sink);
    }
  }

  /// Ends reading, from any thread: a waiting call returns soon.
  void stop() {
    stopped = true;
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
