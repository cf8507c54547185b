package io.chronoscope.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.wire.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/// Files below `k8s` that say again what is said elsewhere are written from there, with
/// `-Dwrite-k8s=true`, and are compared otherwise.
class KubernetesFilesTest {

  private static final Path STRIMZI = Path.of("k8s/components/strimzi");

  @Test
  void topicsAreThoseOfTheDefinitions() throws IOException {
    StringJoiner documents = new StringJoiner("---\n");
    for (Topic topic : Topic.values()) {
      documents.add(topic(topic));
    }
    compare(STRIMZI.resolve("topics.yaml"), documents.toString());
  }

  /// `LeastRightsIT` runs the program with exactly these rights, and fails when one is never used.
  @Test
  void usersMayDoWhatTheirTopicsNeed() throws IOException {
    List<String> instance = new ArrayList<>();
    List<String> reader = new ArrayList<>();
    List<String> operator = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      String name = topic.defaultName();
      switch (topic.kind()) {
        case INPUT -> {
          instance.add(rule("topic", name, "literal", "Read"));
          // Read: a redriven record is read where it was rejected.
          operator.add(rule("topic", name, "literal", "Read", "Write"));
        }
        case ANALYSIS, REPLY -> {
          // Read: the search index follows its own results.
          instance.add(rule("topic", name, "literal", "Read", "Write"));
          reader.add(rule("topic", name, "literal", "Read"));
          operator.add(
              topic == Topic.DEAD_LETTERS
                  ? rule("topic", name, "literal", "Read", "Write")
                  : rule("topic", name, "literal", "Read"));
        }
        case INTERNAL -> instance.add(rule("topic", name, "literal", "Read", "Write"));
      }
    }
    instance.add(rule("group", "chronoscope", "prefix", "Read"));
    instance.add(rule("transactionalId", "chronoscope-", "prefix", "Write"));
    reader.add(rule("group", "chronoscope-reader", "prefix", "Read"));
    operator.add(rule("topic", "backtest.video.", "prefix", "Create", "Write"));
    operator.add(rule("transactionalId", "chronoscope.redrive.", "prefix", "Write"));

    compare(
        STRIMZI.resolve("users.yaml"),
        String.join(
            "---\n",
            user("chronoscope", "The service's instances.", instance),
            user("chronoscope-producer", "Programs that send chunks.", List.of(writeTo("chunks"))),
            user("chronoscope-reader", "Programs that read results.", reader),
            user("chronoscope-operator", "People: rules, ask, events, dlq, backtest.", operator)));
  }

  @Test
  void instancesThatWriteInputsHaveTheRightToDoSo() throws IOException {
    compare(
        Path.of("k8s/components/live-sources/rights.yaml"),
        added("Instances that read live sources write their chunks.", List.of(writeTo("chunks"))));
    compare(
        Path.of("k8s/components/page-inputs/rights.yaml"),
        added(
            "What people enter on the page, or through its API, is written by the instances.",
            List.of(writeTo("chunks"), writeTo("rules"), writeTo("questions"))));
  }

  private static String writeTo(String topic) {
    return rule("topic", "video." + topic, "literal", "Write");
  }

  /// A patch of the instances' user.
  private static String added(String why, List<String> rules) {
    StringBuilder patch = new StringBuilder("# " + why + "\n");
    for (String rule : rules) {
      patch
          .append("- op: add\n  path: /spec/authorization/acls/-\n  value:\n")
          .append(
              rule.strip()
                  .replaceFirst("^- ", "")
                  .indent(0)
                  .lines()
                  .map(String::strip)
                  .map(line -> "    " + line + "\n")
                  .reduce("", String::concat));
    }
    return patch.toString();
  }

  @Test
  void alertingRulesAreThoseOfTheOperatorsPage() throws IOException {
    String alerts = Files.readString(Path.of("docs/alerts.yaml"));
    String groups = alerts.substring(alerts.indexOf("groups:"));
    compare(
        Path.of("k8s/components/monitoring/prometheus-rule.yaml"),
        """
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: chronoscope
        spec:
        """
            + groups.indent(2).replaceAll("(?m)^ +$", ""));
  }

  private static String topic(Topic topic) throws IOException {
    Properties definition = new Properties();
    try (var in =
        Files.newInputStream(Path.of("kafka/topics", topic.defaultName() + ".properties"))) {
      definition.load(in);
    }
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: kafka.strimzi.io/v1beta2
            kind: KafkaTopic
            metadata:
              name: %s
              labels:
                strimzi.io/cluster: kafka
            spec:
              partitions: %s
              replicas: 3
              config:
            """
                .formatted(topic.defaultName(), definition.remove("partitions")));
    definition.stringPropertyNames().stream()
        .sorted()
        .forEach(name ->
            text.append("    %s: %s\n".formatted(name, quoted(definition.getProperty(name)))));
    return text.toString();
  }

  /// A number stays a number.
  private static String quoted(String value) {
    return value.matches("-?[0-9.]+") ? value : '"' + value + '"';
  }

  private static String user(String name, String what, List<String> rules) {
    return """
    # %s
    apiVersion: kafka.strimzi.io/v1beta2
    kind: KafkaUser
    metadata:
      name: %s
      labels:
        strimzi.io/cluster: kafka
    spec:
      authentication:
        type: scram-sha-512
      authorization:
        type: simple
        acls:
    """
            .formatted(what, name)
        + String.join("", rules);
  }

  private static String rule(String type, String name, String pattern, String... operations) {
    return "      - resource: {type: %s, name: %s, patternType: %s}\n        operations: [%s]\n"
        .formatted(type, name, pattern, String.join(", ", operations));
  }

  private static void compare(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("write-k8s")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    assertThat(file).as("written with -Dwrite-k8s=true").content().isEqualTo(expected);
  }
}
