package io.chronoscope.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Rules as records: the key is the rule's id, the value JSON (`rule.schema.json`); a tombstone
/// removes the rule. Headers are ignored.
public final class RuleRecord {

  private static final double LONGEST_COOL_DOWN_SECONDS = Duration.ofDays(36_500).toSeconds();

  private RuleRecord() {}

  /// The fields of the schema.
  private record Value(
      String text,
      Optional<String> streams,
      Optional<Double> threshold,
      Optional<Double> coolDownSeconds,
      Optional<Integer> priority) {

    static Value of(Rule rule) {
      return new Value(
          rule.text(),
          Optional.of(rule.streams().text()),
          Optional.of(rule.threshold()),
          Optional.of(rule.coolDown().toMillis() / 1000.0),
          Optional.of(rule.priority()));
    }

    /// @throws IllegalArgumentException naming the field that is wrong
    Rule toRule(String id) {
      return new Rule(
          id,
          text,
          streams.map(Value::pattern).orElse(StreamPattern.ANY),
          threshold.orElse(Rule.DEFAULT_THRESHOLD),
          coolDownSeconds.map(Value::coolDown).orElse(Duration.ZERO),
          priority.orElse(0));
    }

    private static StreamPattern pattern(String text) {
      try {
        return new StreamPattern(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("streams: " + e.getMessage(), e);
      }
    }

    /// Whole milliseconds.
    private static Duration coolDown(double seconds) {
      if (seconds < 0) {
        throw new IllegalArgumentException("coolDownSeconds is negative");
      }
      if (seconds > LONGEST_COOL_DOWN_SECONDS) {
        throw new IllegalArgumentException("coolDownSeconds is longer than a hundred years");
      }
      return Duration.ofMillis(BigDecimal.valueOf(seconds).movePointRight(3).longValue());
    }
  }

  public static RuleChange read(ConsumerRecord<byte[], byte[]> record) {
    ChunkOrigin at = new ChunkOrigin(record.topic(), record.partition(), record.offset());
    if (record.key() == null || record.key().length == 0) {
      return malformed(at, Optional.empty(), "the key is missing; it is the rule's id");
    }
    String id = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      return new RuleChange.Removed(at, id);
    }
    try {
      return new RuleChange.Put(at, parse(id, record.value()));
    } catch (MalformedRecordException e) {
      return malformed(at, Optional.of(id), String.valueOf(e.getMessage()));
    }
  }

  private static RuleChange malformed(ChunkOrigin at, Optional<String> id, String problem) {
    return new RuleChange.Malformed(at, id, new Rejection(Rejection.Reason.BAD_RULE, problem));
  }

  /// @throws MalformedRecordException when `json` is not a rule; names the rule and the field
  public static Rule parse(String id, byte[] json) {
    try {
      return Json.readStrictly(Json.parse(json), Value.class).toRule(id);
    } catch (MalformedRecordException | IllegalArgumentException e) {
      throw new MalformedRecordException("rule " + id + ": " + e.getMessage(), e);
    }
  }

  /// The record that puts a rule in force.
  public static ProducerRecord<byte[], byte[]> put(String topic, Rule rule) {
    return new ProducerRecord<>(
        topic, rule.id().getBytes(StandardCharsets.UTF_8), Json.bytes(json(rule)));
  }

  /// The tombstone that removes a rule.
  public static ProducerRecord<byte[], byte[]> remove(String topic, String id) {
    return new ProducerRecord<>(topic, id.getBytes(StandardCharsets.UTF_8), null);
  }

  /// The record's value.
  public static ObjectNode json(Rule rule) {
    return Json.write(Value.of(rule));
  }
}
