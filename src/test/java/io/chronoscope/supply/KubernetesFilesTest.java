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

  @Test
  void usersMayDoWhatTheirTopicsNeed() throws IOException {
    List<String> instance = new ArrayList<>();
    List<String> producer = new ArrayList<>();
    List<String> reader = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      instance.add(
          rule(
              "topic",
              topic.defaultName(),
              "literal",
              switch (topic.kind()) {
                case INPUT -> List.of("Read");
                // Read: the search index follows its own results.
                case ANALYSIS, REPLY, INTERNAL -> List.of("Read", "Write");
              }));
      switch (topic.kind()) {
        case ANALYSIS, REPLY ->
            reader.add(rule("topic", topic.defaultName(), "literal", List.of("Read")));
        case INPUT, INTERNAL -> {}
      }
    }
    producer.add(rule("topic", Topic.CHUNKS.defaultName(), "literal", List.of("Write")));
    instance.add(rule("group", "chronoscope", "prefix", List.of("Read")));
    instance.add(rule("transactionalId", "chronoscope-", "prefix", List.of("Write")));
    reader.add(rule("group", "chronoscope-reader", "prefix", List.of("Read")));

    compare(
        STRIMZI.resolve("users.yaml"),
        String.join(
            "---\n",
            user("chronoscope", "The service's instances.", instance),
            user("chronoscope-producer", "Programs that send chunks.", producer),
            user("chronoscope-reader", "Programs that read results.", reader)));
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

  private static String rule(String type, String name, String pattern, List<String> operations) {
    return "      - resource: {type: %s, name: %s, patternType: %s}\n        operations: [%s]\n"
        .formatted(type, name, pattern, String.join(", ", operations));
  }

  private static void compare(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("write-k8s")) {
      Files.writeString(file, expected);
    }
    assertThat(file).as("written with -Dwrite-k8s=true").content().isEqualTo(expected);
  }
}
