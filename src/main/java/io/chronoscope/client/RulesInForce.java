package io.chronoscope.client;

import io.chronoscope.rule.Rule;
import io.chronoscope.wire.RuleChange;
import io.chronoscope.wire.RuleRecord;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Reads and changes the rules on the rules topic.
public final class RulesInForce {

  private RulesInForce() {}

  /// The rules in force; malformed records are skipped.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  public static List<Rule> read(Map<String, Object> kafka, String topic) {
    Map<String, Rule> rules = new LinkedHashMap<>();
    TopicReader.readWhole(
        kafka,
        topic,
        record -> {
          switch (RuleRecord.read(record)) {
            case RuleChange.Put put -> rules.put(put.rule().id(), put.rule());
            case RuleChange.Removed removed -> rules.remove(removed.id());
            case RuleChange.Malformed malformed -> {}
          }
        });
    return List.copyOf(rules.values());
  }

  /// Puts a rule in force; replaces one with the same id.
  ///
  /// @throws IllegalStateException when the record cannot be written
  public static void put(Map<String, Object> kafka, String topic, Rule rule) {
    write(kafka, rule.id(), RuleRecord.put(topic, rule));
  }

  /// Removes a rule.
  ///
  /// @throws IllegalStateException when the tombstone cannot be written
  public static void remove(Map<String, Object> kafka, String topic, String id) {
    write(kafka, id, RuleRecord.remove(topic, id));
  }

  private static void write(
      Map<String, Object> kafka, String id, ProducerRecord<byte[], byte[]> record) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(record).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "rule %s could not be written to %s: %s".formatted(id, record.topic(), e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while writing rule " + id, e);
    }
  }
}
