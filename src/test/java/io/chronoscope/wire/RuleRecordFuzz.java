package io.chronoscope.wire;

import static io.chronoscope.fuzz.Invariants.require;
import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.fuzz.HeaderText;
import io.chronoscope.rule.Rule;
import io.chronoscope.wire.RuleChange.Malformed;
import io.chronoscope.wire.RuleChange.Put;
import io.chronoscope.wire.RuleChange.Removed;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Fuzz target: a record of the rules topic, as [HeaderText] writes it. A rule that is written
/// again must be read as the same rule.
public final class RuleRecordFuzz {

  private RuleRecordFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    switch (RuleRecord.read(HeaderText.record("rules", input))) {
      case Put(var at, Rule rule) -> {
        ProducerRecord<byte[], byte[]> written = RuleRecord.put("rules", rule);
        Rule again = RuleRecord.parse(rule.id(), written.value());
        require(again.equals(rule), "%s is read again as %s".formatted(rule, again));
        require(!rule.text().contains("<|"), "a special token in " + rule.text());
      }
      case Removed(var at, String id) -> require(!id.isEmpty(), "a tombstone without an id");
      case Malformed malformed -> requireText(malformed.rejection().detail());
    }
  }
}
