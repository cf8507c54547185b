package io.chronoscope.cli.rules;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.wire.JsonFields;
import io.chronoscope.wire.RuleRecord;
import io.chronoscope.wire.Topic;
import java.util.List;
import java.util.Map;

/// The rules' topic as the `rules` commands see it.
///
/// @param client Kafka client properties
record RulesTopic(Map<String, Object> client, String servers, String topic) {

  static RulesTopic open(KafkaOptions kafka) {
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    KafkaOptions.requireBroker(settings);
    return new RulesTopic(
        KafkaClientConfig.ofCommand(settings),
        settings.kafka().bootstrapServers(),
        LayerSettings.topicNames(settings).of(Topic.RULES));
  }

  /// Those in force, in the order in which they are judged.
  List<Rule> rules() {
    RuleTable table = new RuleTable(Integer.MAX_VALUE);
    try {
      RulesInForce.read(client, topic).forEach(table::put);
    } catch (IllegalArgumentException e) {
      throw EnvironmentException.notOn(servers, e);
    }
    return table.all();
  }

  void put(Rule rule) {
    RulesInForce.put(client, topic, rule);
  }

  void remove(Rule rule) {
    RulesInForce.remove(client, topic, rule.id());
  }

  /// The rule as it is on the topic, with its key as `id`.
  static ObjectNode json(Rule rule) {
    ObjectNode line = JsonFields.newObject();
    line.put("id", rule.id());
    line.setAll(RuleRecord.json(rule));
    return line;
  }

  /// Seconds as they are written on the topic, without a needless fraction.
  static String coolDown(Rule rule) {
    return RuleRecord.json(rule).get("coolDownSeconds").asText().replaceAll("\\.0\\z", "") + " s";
  }
}
