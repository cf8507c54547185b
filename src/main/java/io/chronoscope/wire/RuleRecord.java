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
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Rules as records: the key is the rule's id, the value JSON (`rule.schema.json`), no value takes
/// the rule away. Headers mean nothing.
public final class RuleRecord {

  private static final Set<String> FIELDS =
      new TreeSet<>(Set.of("text", "streams", "threshold", "coolDownSeconds", "priority"));
  private static final BigDecimal LONGEST_COOL_DOWN =
      BigDecimal.valueOf(Duration.ofDays(36_500).toSeconds());

  private RuleRecord() {}

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

  /// @throws MalformedRecordException when it is no rule; names the rule and the field
  public static Rule parse(String id, byte[] json) {
    try {
      JsonFields fields = JsonFields.parse(json);
      fields.haveOnly(FIELDS);
      return new Rule(
          id,
          fields.text("text"),
          given(fields, "streams") ? pattern(fields.text("streams")) : StreamPattern.ANY,
          given(fields, "threshold") ? fields.decimal("threshold") : Rule.DEFAULT_THRESHOLD,
          given(fields, "coolDownSeconds") ? coolDown(fields) : Duration.ZERO,
          given(fields, "priority") ? fields.integer("priority") : 0);
    } catch (MalformedRecordException | IllegalArgumentException e) {
      throw new MalformedRecordException("rule " + id + ": " + e.getMessage(), e);
    }
  }

  /// A null is no default: the schema knows none.
  private static boolean given(JsonFields fields, String field) {
    return fields.node().has(field);
  }

  private static StreamPattern pattern(String text) {
    try {
      return new StreamPattern(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException("streams: " + e.getMessage(), e);
    }
  }

  private static Duration coolDown(JsonFields fields) {
    fields.decimal("coolDownSeconds");
    BigDecimal seconds = fields.node().get("coolDownSeconds").decimalValue();
    if (seconds.compareTo(LONGEST_COOL_DOWN) > 0) {
      throw new MalformedRecordException("coolDownSeconds is longer than a hundred years");
    }
    return Duration.ofMillis(seconds.movePointRight(3).longValue());
  }

  public static ProducerRecord<byte[], byte[]> put(String topic, Rule rule) {
    return new ProducerRecord<>(
        topic, rule.id().getBytes(StandardCharsets.UTF_8), JsonFields.bytes(json(rule)));
  }

  public static ProducerRecord<byte[], byte[]> remove(String topic, String id) {
    return new ProducerRecord<>(topic, id.getBytes(StandardCharsets.UTF_8), null);
  }

  /// The record's value.
  public static ObjectNode json(Rule rule) {
    ObjectNode json = JsonFields.newObject();
    json.put("text", rule.text());
    json.put("streams", rule.streams().text());
    json.put("threshold", rule.threshold());
    json.put("coolDownSeconds", rule.coolDown().toMillis() / 1000.0);
    json.put("priority", rule.priority());
    return json;
  }
}
