import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Prints every change of an event, then the events that are valid at the end of the topic.
///
/// Needs kafka-clients 3.9 or later on the class path:
/// `java -cp 'kafka-clients.jar:slf4j-api.jar' docs/examples/ConsumeEvents.java localhost:9092`
public final class ConsumeEvents {

  private ConsumeEvents() {}

  public static void main(String... arguments) {
    table(arguments[0]).forEach((id, event) -> System.out.println("valid " + id + " " + event));
  }

  /// Reads the topic from its beginning to its end as of now.
  ///
  /// @return the JSON of the events that are valid, by their id
  public static Map<String, String> table(String bootstrapServers) {
    Properties settings = new Properties();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    // Without it, records of transactions that were aborted appear as well.
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    Map<String, String> valid = new TreeMap<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("video.events").stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        consumer.poll(Duration.ofMillis(500)).forEach(record -> apply(record, valid));
      }
    }
    return valid;
  }

  private static void apply(ConsumerRecord<String, String> record, Map<String, String> valid) {
    if (record.value() == null) {
      // A tombstone: the event was withdrawn.
      valid.remove(record.key());
      System.out.println("gone " + record.key());
    } else if (header(record, "ce_type").equals("io.chronoscope.event")) {
      // The same key again: another revision, which replaces the one before.
      valid.put(record.key(), record.value());
      System.out.println(header(record, "ce_subject") + " " + record.value());
    }
    // Other types (gaps, ends of streams, and those that a later version adds) are not events.
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
