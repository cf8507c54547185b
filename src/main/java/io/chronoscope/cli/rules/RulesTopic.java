package io.chronoscope.cli.rules;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.RuleRecord;
import io.chronoscope.wire.Topic;
import java.util.List;
import java.util.Optional;

/// The rules topic as the `rules` commands use it.
record RulesTopic(KafkaConnection connection) {

  static RulesTopic open(KafkaOptions kafka) {
    return new RulesTopic(kafka.connect());
  }

  String name() {
    return connection.topics().of(Topic.RULES);
  }

  /// Reads the rules in force.
  ///
  /// @return in the order in which they are evaluated
  List<Rule> rules() {
    List<Rule> rules = connection.readTopics(() -> RulesInForce.read(connection.client(), name()));
    RuleTable table = new RuleTable(Integer.MAX_VALUE);
    rules.forEach(table::put);
    return table.all();
  }

  Optional<Rule> rule(String id) {
    return rules().stream().filter(rule -> rule.id().equals(id)).findFirst();
  }

  void put(Rule rule) {
    RulesInForce.put(connection.client(), name(), rule);
  }

  void remove(Rule rule) {
    RulesInForce.remove(connection.client(), name(), rule.id());
  }

  /// Writes the rule as on the topic, with its key as `id`.
  static ObjectNode json(Rule rule) {
    ObjectNode json = Json.newObject();
    json.put("id", rule.id());
    json.setAll(RuleRecord.json(rule));
    return json;
  }

  /// Formats the seconds as on the topic, without a zero fraction.
  static String coolDown(Rule rule) {
    return RuleRecord.json(rule).get("coolDownSeconds").asText().replaceAll("\\.0\\z", "") + " s";
  }
}
