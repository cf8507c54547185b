package io.chronoscope.messaging.chunk;

import io.chronoscope.client.CommittedRecords;
import io.chronoscope.messaging.delivery.StateRecord;
import io.chronoscope.wire.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads back what was kept of streams.
@FunctionalInterface
public interface StateReader {

  /// The last mark of each stream on these partitions of the state topic.
  ///
  /// @throws IllegalStateException when one cannot be understood; going on without it would lose
  ///   what it holds
  List<StateRecord> read(Set<Integer> partitions);

  /// From the compacted topic, with a consumer of its own that belongs to no group.
  ///
  /// @param kafka client properties
  static StateReader from(Map<String, Object> kafka, String topic) {
    Map<String, Object> properties = CommittedRecords.ofNoGroup(kafka);
    return partitions -> {
      List<TopicPartition> assigned =
          partitions.stream().map(partition -> new TopicPartition(topic, partition)).toList();
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(
              properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer.assign(assigned);
        consumer.seekToBeginning(assigned);
        Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
        Map<String, StateRecord> last = new LinkedHashMap<>();
        while (ends.entrySet().stream()
            .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            keep(record, last);
          }
        }
        return new ArrayList<>(last.values());
      }
    };
  }

  private static void keep(ConsumerRecord<byte[], byte[]> record, Map<String, StateRecord> last) {
    String stream = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      last.remove(stream);
      return;
    }
    try {
      last.put(stream, StateRecord.parse(record.value()));
    } catch (MalformedRecordException e) {
      throw new IllegalStateException(
          "state of stream %s (%s/%d@%d) cannot be read: %s"
              .formatted(
                  stream, record.topic(), record.partition(), record.offset(), e.getMessage()),
          e);
    }
  }
}
