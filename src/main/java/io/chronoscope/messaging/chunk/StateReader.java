package io.chronoscope.messaging.chunk;

import io.chronoscope.client.TopicReader;
import io.chronoscope.messaging.delivery.StateRecord;
import io.chronoscope.wire.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads the stored states of streams.
@FunctionalInterface
public interface StateReader {

  /// The latest state of each stream on these partitions of the state topic.
  ///
  /// @throws IllegalStateException if one is malformed; resuming without it would lose results
  List<StateRecord> read(Set<Integer> partitions);

  /// Reads from the compacted topic with a new consumer that belongs to no group.
  ///
  /// @param kafka client properties
  static StateReader from(Map<String, Object> kafka, String topic) {
    return partitions -> {
      List<TopicPartition> assigned =
          partitions.stream().map(partition -> new TopicPartition(topic, partition)).toList();
      Map<String, StateRecord> last = new LinkedHashMap<>();
      try (TopicReader reader = TopicReader.ofPartitions(kafka, assigned)) {
        reader.readToEnd(record -> apply(record, last));
      }
      return new ArrayList<>(last.values());
    };
  }

  private static void apply(ConsumerRecord<byte[], byte[]> record, Map<String, StateRecord> last) {
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
