package io.chronoscope.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.chronoscope.client.TopicDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds the published lists of topics equal to [Topic].
class TopicTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void everyTopicHasADefinitionFileAndNoFileIsLeftOver() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("kafka/topics"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(Topic.values())
                  .map(topic -> topic.defaultName() + ".properties")
                  .toList());
    }
    assertThat(TopicDefinition.all(TopicNames.DEFAULT)).containsOnlyKeys(Topic.values());
  }

  @Test
  void asyncApiDescribesEveryTopicThatClientsUse() throws IOException {
    Map<String, JsonNode> channels = channels();
    assertThat(channels)
        .containsOnlyKeys(
            Arrays.stream(Topic.values())
                .filter(topic -> topic.kind() != Topic.Kind.INTERNAL)
                .map(Topic::defaultName)
                .toArray(String[]::new));
    Map<Topic, TopicDefinition> definitions = TopicDefinition.all(TopicNames.DEFAULT);
    channels.forEach((name, channel) -> {
      assertThat(channel.at("/bindings/kafka/topic").asText()).isEqualTo(name);
      assertThat(channel.at("/bindings/kafka/partitions").asInt())
          .as("partitions of %s", name)
          .isEqualTo(definitions.get(topic(name)).partitions());
    });
  }

  @ParameterizedTest
  @EnumSource
  void asyncApiListsTheResultTypesThatATopicCarries(Topic topic) throws IOException {
    JsonNode api = asyncApi();
    JsonNode channel = channels().get(topic.defaultName());
    if (channel == null) {
      assertThat(resultTypes(topic)).isEmpty();
      return;
    }
    List<String> schemas = new ArrayList<>();
    for (JsonNode message : channel.get("messages")) {
      String reference = message.get("$ref").asText().substring(1);
      JsonNode schema = api.at(reference + "/payload/schema/$ref");
      if (!schema.isMissingNode()) {
        schemas.add(YAML.readTree(Path.of("kafka", schema.asText()).toFile()).get("$id").asText());
      }
    }
    List<String> results = Arrays.stream(ResultType.values()).map(TopicTest::schema).toList();
    assertThat(schemas.stream().filter(results::contains))
        .containsExactlyInAnyOrderElementsOf(
            resultTypes(topic).stream().map(TopicTest::schema).toList());
  }

  @Test
  void asyncApiReceivesInputsAndSendsEverythingElse() throws IOException {
    Map<String, String> actions = new TreeMap<>();
    JsonNode api = asyncApi();
    for (JsonNode operation : api.get("operations")) {
      JsonNode channel = api.at(operation.at("/channel/$ref").asText().substring(1));
      actions.put(channel.get("address").asText(), operation.get("action").asText());
    }
    assertThat(actions)
        .isEqualTo(
            Arrays.stream(Topic.values())
                .filter(topic -> topic.kind() != Topic.Kind.INTERNAL)
                .collect(
                    Collectors.toMap(
                        Topic::defaultName,
                        topic -> topic.kind() == Topic.Kind.INPUT ? "receive" : "send")));
  }

  @ParameterizedTest
  @EnumSource
  void readmeNamesTheTopicAndItsSetting(Topic topic) throws IOException {
    String readme = Files.readString(Path.of("kafka/README.md"));
    assertThat(readme).contains("\n| `" + topic.defaultName() + "` |");
    assertThat(readme)
        .contains(
            topic
                .setting()
                .substring("chronoscope.topics".length())
                .toUpperCase(java.util.Locale.ROOT)
                .replaceAll("[.-]", "_"));
  }

  @ParameterizedTest
  @EnumSource
  void everyResultTypeLiesOnATopicThatClientsRead(ResultType type) {
    assertThat(type.topic().kind()).isIn(Topic.Kind.ANALYSIS, Topic.Kind.REPLY);
  }

  @Test
  void namesAreCompleteAndCanBeChangedOneByOneOrAllAtOnce() {
    TopicNames shadow = TopicNames.DEFAULT.renamed(name -> "shadow." + name);
    assertThat(shadow.of(Topic.EVENTS)).isEqualTo("shadow.video.events");
    assertThat(shadow.of(ResultType.GAP)).isEqualTo("shadow.video.events");
    assertThat(shadow.ofKind(Topic.Kind.ANALYSIS))
        .containsExactly(
            "shadow.video.events",
            "shadow.video.summaries",
            "shadow.video.alerts",
            "shadow.video.chunks.dlq");
    assertThat(shadow.with(Topic.CHUNKS, "video.chunks").of(Topic.CHUNKS))
        .isEqualTo("video.chunks");
    assertThat(shadow.isOfKind(Topic.Kind.INPUT, "shadow.video.rules")).isTrue();
    assertThat(shadow.isOfKind(Topic.Kind.INPUT, "shadow.video.events")).isFalse();
    assertThatThrownBy(() -> shadow.with(Topic.STATE, " "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("STATE");
  }

  private static List<ResultType> resultTypes(Topic topic) {
    return Arrays.stream(ResultType.values()).filter(type -> type.topic() == topic).toList();
  }

  private static Topic topic(String name) {
    return Arrays.stream(Topic.values())
        .filter(topic -> topic.defaultName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String schema(ResultType type) {
    return type.schema().toString();
  }

  private static JsonNode asyncApi() throws IOException {
    return YAML.readTree(Path.of("kafka/asyncapi.yaml").toFile());
  }

  private static Map<String, JsonNode> channels() throws IOException {
    Map<String, JsonNode> channels = new TreeMap<>();
    asyncApi()
        .get("channels")
        .forEach(channel -> channels.put(channel.get("address").asText(), channel));
    return channels;
  }
}
