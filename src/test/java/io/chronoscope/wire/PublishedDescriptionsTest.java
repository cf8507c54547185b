package io.chronoscope.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.chronoscope.client.TopicDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

/// Checks the published files that other systems read: AsyncAPI, topic definitions, alerting rules,
/// Kubernetes manifests.
class PublishedDescriptionsTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void asyncApiReferencesResolve() throws IOException {
    JsonNode api = YAML.readTree(Path.of("kafka/asyncapi.yaml").toFile());
    assertThat(api.get("asyncapi").asText()).startsWith("3.");
    List<String> references = new ArrayList<>();
    api.findValuesAsText("$ref").forEach(references::add);
    assertThat(references).isNotEmpty();
    for (String reference : references) {
      if (reference.startsWith("#")) {
        assertThat(api.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
      } else {
        assertThat(Path.of("kafka", reference)).exists();
      }
    }
  }

  @Test
  void topicDefinitionsUseSettingsThatKafkaKnows() {
    for (TopicDefinition definition : TopicDefinition.all(TopicNames.DEFAULT).values()) {
      assertThat(LogConfig.configNames()).containsAll(definition.config().keySet());
      assertThat(definition.partitions()).isPositive();
    }
    TopicDefinition chunks = TopicDefinition.all(TopicNames.DEFAULT).get(Topic.CHUNKS);
    assertThat(chunks.config())
        .containsEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(64 * 1024 * 1024))
        .containsEntry(TopicConfig.CLEANUP_POLICY_CONFIG, "delete");
  }

  @Test
  void alertingRulesAreComplete() throws IOException {
    JsonNode rules = YAML.readTree(Path.of("docs/alerts.yaml").toFile()).at("/groups/0/rules");
    assertThat(rules).isNotEmpty();
    assertThat(rules.findValuesAsText("alert")).doesNotHaveDuplicates().hasSize(rules.size());
    for (JsonNode rule : rules) {
      assertThat(rule.at("/expr").asText()).as(rule.toString()).contains("chronoscope_");
      assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
      assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
    }
  }

  @Test
  void kubernetesManifestsParseAndListEachOther() throws IOException {
    Path base = Path.of("k8s/base");
    Map<String, JsonNode> manifests = new TreeMap<>();
    try (Stream<Path> files = Files.list(base)) {
      for (Path file : files.toList()) {
        manifests.put(file.getFileName().toString(), YAML.readTree(file.toFile()));
      }
    }
    List<String> listed = new ArrayList<>();
    manifests.get("kustomization.yaml").get("resources").forEach(r -> listed.add(r.asText()));
    assertThat(listed)
        .containsExactlyInAnyOrderElementsOf(
            manifests.keySet().stream().filter(n -> !n.equals("kustomization.yaml")).toList());
    JsonNode statefulSet = manifests.get("stateful-set.yaml");
    JsonNode pod = statefulSet.at("/spec/template/spec");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    JsonNode container = pod.at("/containers/0");
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/q/health/live");
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/q/health/ready");
    List<String> volumes = new ArrayList<>(pod.get("volumes").findValuesAsText("name"));
    volumes.addAll(statefulSet.at("/spec/volumeClaimTemplates").findValuesAsText("name"));
    for (JsonNode mount : container.get("volumeMounts")) {
      assertThat(volumes).contains(mount.get("name").asText());
    }
  }
}
