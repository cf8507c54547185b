package io.chronoscope.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Builds the overlays with kustomize (`kubectl` has it) and reads what comes out with the types
/// that Kubernetes, the Prometheus operator and Strimzi publish: unknown fields, wrong types and
/// unknown kinds fail.
class KubernetesTest {

  private static final Map<String, Class<?>> KINDS =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
          Map.entry("apps/v1/StatefulSet", StatefulSet.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("monitoring.coreos.com/v1/PodMonitor", PodMonitor.class),
          Map.entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
          Map.entry("kafka.strimzi.io/v1beta2/KafkaTopic", KafkaTopic.class),
          Map.entry("kafka.strimzi.io/v1beta2/KafkaUser", KafkaUser.class),
          Map.entry("keda.sh/v1alpha1/ScaledObject", ScaledObject.class));

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                // The published types keep unknown fields; here they are errors.
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return annotated instanceof AnnotatedMember member
                          && member.getDeclaringClass().getName().startsWith("io.chronoscope")
                      ? super.hasAnySetter(annotated)
                      : Boolean.FALSE;
                }
              })
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final Map<String, List<JsonNode>> BUILT = new ConcurrentHashMap<>();

  /// What KEDA documents of a `ScaledObject`, as far as it is used here. There is no published Java
  /// type.
  private record ScaledObject(String apiVersion, String kind, JsonNode metadata, Spec spec) {

    private record Spec(
        Target scaleTargetRef,
        int minReplicaCount,
        int maxReplicaCount,
        int pollingInterval,
        int cooldownPeriod,
        Advanced advanced,
        List<Trigger> triggers) {}

    private record Target(String apiVersion, String kind, String name) {}

    private record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

    private record Autoscaler(JsonNode behavior) {}

    private record Trigger(String type, Map<String, String> metadata) {}
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "cpu", "gpu", "autoscaling"})
  void everyResourceIsOfItsPublishedType(String overlay) throws Exception {
    List<JsonNode> resources = build(overlay);

    assertThat(resources).hasSizeGreaterThan(4);
    for (JsonNode resource : resources) {
      read(resource);
    }
  }

  @Test
  void anUnknownFieldIsRefused() {
    String resource =
        """
        {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "x"},
         "spec": {"template": {"spec": {"containers": [{"name": "c", "livenessProb": {}}]}}}}
        """;

    assertThatThrownBy(() -> read(YAML.readTree(resource))).hasMessageContaining("livenessProb");
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "cpu", "gpu", "autoscaling"})
  void podsAreWithoutPrivilegesAndNameWhatExists(String overlay) throws Exception {
    List<JsonNode> resources = build(overlay);
    PodSpec pod = one(resources, StatefulSet.class).getSpec().getTemplate().getSpec();
    Container container = pod.getContainers().getFirst();

    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");

    Set<String> names = new HashSet<>();
    resources.forEach(
        one -> names.add(one.path("kind").asText() + "/" + one.at("/metadata/name").asText()));
    container
        .getEnvFrom()
        .forEach(
            from -> assertThat(names).contains("ConfigMap/" + from.getConfigMapRef().getName()));
    assertThat(names).contains("ServiceAccount/" + pod.getServiceAccountName());
    Set<String> volumes = new HashSet<>();
    pod.getVolumes()
        .forEach(volume -> {
          volumes.add(volume.getName());
          if (volume.getPersistentVolumeClaim() != null) {
            assertThat(names)
                .contains(
                    "PersistentVolumeClaim/" + volume.getPersistentVolumeClaim().getClaimName());
          }
        });
    one(resources, StatefulSet.class)
        .getSpec()
        .getVolumeClaimTemplates()
        .forEach(claim -> volumes.add(claim.getMetadata().getName()));
    container.getVolumeMounts().forEach(mount -> assertThat(volumes).contains(mount.getName()));
    assertThat(container.getPorts()).extracting(port -> port.getName()).contains("management");
  }

  /// The figures of docs/benchmarks/cpu-3b.md: 4.65 GB at its peak, and what maps while it opens
  /// first.
  @Test
  void memoryFitsTheModel() throws Exception {
    Container cpu = container("cpu");
    assertThat(settings("cpu")).containsEntry("CHRONOSCOPE_PRECISION", "int8");
    assertThat(bytes(cpu.getResources().getRequests().get("memory")))
        .isGreaterThan((long) (4.65e9 + 3.8e9));
    assertThat(bytes(cpu.getResources().getLimits().get("memory")))
        .isGreaterThan(bytes(cpu.getResources().getRequests().get("memory")));

    Container gpu = container("gpu");
    assertThat(gpu.getResources().getLimits().get("nvidia.com/gpu").getAmount()).isEqualTo("1");
    assertThat(settings("gpu")).containsEntry("CHRONOSCOPE_DEVICE", "cuda");
  }

  @Test
  void instancesAreNeverMoreThanPartitions() throws Exception {
    List<JsonNode> resources = build("autoscaling");
    ScaledObject scaled = one(resources, ScaledObject.class);
    int partitions =
        all(resources, KafkaTopic.class).stream()
            .filter(topic -> topic.getMetadata().getName().equals("video.chunks"))
            .map(topic -> topic.getSpec().getPartitions())
            .findFirst()
            .orElseThrow();
    StatefulSet target = one(resources, StatefulSet.class);

    assertThat(scaled.spec().maxReplicaCount()).isEqualTo(partitions);
    assertThat(scaled.spec().scaleTargetRef().kind()).isEqualTo("StatefulSet");
    assertThat(scaled.spec().scaleTargetRef().name()).isEqualTo(target.getMetadata().getName());
    assertThat(target.getSpec().getReplicas()).as("KEDA decides").isNull();
    assertThat(scaled.spec().triggers().getFirst().metadata())
        .containsEntry("topic", "video.chunks")
        .containsEntry("consumerGroup", "chronoscope")
        .containsEntry("bootstrapServers", settings("autoscaling").get("KAFKA_BOOTSTRAP_SERVERS"));
  }

  @Test
  void selectorsFindThePods() throws Exception {
    List<JsonNode> resources = build("cpu");
    Map<String, String> labels =
        one(resources, StatefulSet.class).getSpec().getTemplate().getMetadata().getLabels();

    assertThat(labels.entrySet())
        .containsAll(one(resources, Service.class).getSpec().getSelector().entrySet())
        .containsAll(
            one(resources, PodDisruptionBudget.class)
                .getSpec()
                .getSelector()
                .getMatchLabels()
                .entrySet())
        .containsAll(
            one(resources, NetworkPolicy.class)
                .getSpec()
                .getPodSelector()
                .getMatchLabels()
                .entrySet())
        .containsAll(
            one(resources, PodMonitor.class).getSpec().getSelector().getMatchLabels().entrySet());
  }

  /// The last two components patch what another one brings, so an overlay that has both is needed.
  @Test
  void componentsAddTheRightsToWriteInputs() throws Exception {
    Path overlay = Files.createTempDirectory(Path.of("target"), "overlay");
    Files.writeString(
        overlay.resolve("kustomization.yaml"),
        """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources: [../../k8s/base]
        components:
          - ../../k8s/components/model-volume
          - ../../k8s/components/strimzi
          - ../../k8s/components/live-sources
          - ../../k8s/components/page-inputs
        """);
    List<JsonNode> resources = built(overlay);
    KafkaUser instances =
        all(resources, KafkaUser.class).stream()
            .filter(user -> user.getMetadata().getName().equals("chronoscope"))
            .findFirst()
            .orElseThrow();
    String rights = STRICT.writeValueAsString(instances.getSpec().getAuthorization());

    for (String topic : List.of("chunks", "rules", "questions")) {
      assertThat(rights)
          .containsPattern(
              "\"name\":\"video." + topic + "\"[^]]*}[^]]*\"operations\":\\[\"Write\"]");
    }
    assertThat(
            all(resources, ConfigMap.class).stream()
                .map(map -> map.getData().get("CHRONOSCOPE_LIVE_SPOOL")))
        .contains("/cache/spool");
  }

  private static Container container(String overlay) throws Exception {
    return one(build(overlay), StatefulSet.class)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst();
  }

  private static Map<String, String> settings(String overlay) throws Exception {
    Map<String, String> settings = new TreeMap<>();
    all(build(overlay), ConfigMap.class).stream()
        .filter(map -> map.getMetadata().getName().matches("chronoscope-[a-z0-9]{10}"))
        .forEach(map -> settings.putAll(map.getData()));
    return settings;
  }

  private static long bytes(Quantity quantity) {
    return quantity.getNumericalAmount().longValueExact();
  }

  private static <T> T one(List<JsonNode> resources, Class<T> type) throws IOException {
    List<T> found = all(resources, type);
    assertThat(found).as(type.getSimpleName()).hasSize(1);
    return found.getFirst();
  }

  private static <T> List<T> all(List<JsonNode> resources, Class<T> type) throws IOException {
    List<T> found = new ArrayList<>();
    for (JsonNode resource : resources) {
      Object read = read(resource);
      if (type.isInstance(read)) {
        found.add(type.cast(read));
      }
    }
    return found;
  }

  private static Object read(JsonNode resource) throws IOException {
    String kind = resource.path("apiVersion").asText() + "/" + resource.path("kind").asText();
    Class<?> type = KINDS.get(kind);
    assertThat(type).as("a published type for " + kind).isNotNull();
    return STRICT.treeToValue(resource, type);
  }

  private static List<JsonNode> build(String overlay) throws Exception {
    List<JsonNode> known = BUILT.get(overlay);
    if (known == null) {
      known = built(Path.of("k8s/overlays", overlay));
      BUILT.put(overlay, known);
    }
    return known;
  }

  private static List<JsonNode> built(Path overlay) throws Exception {
    String built = null;
    for (List<String> tool :
        List.of(List.of("kustomize", "build"), List.of("kubectl", "kustomize"))) {
      List<String> command = new ArrayList<>(tool);
      command.add(overlay.toString());
      try {
        Process process = new ProcessBuilder(command).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(err).isZero();
        built = out;
        break;
      } catch (IOException e) {
        // This tool is not here.
      }
    }
    assumeTrue(built != null, "neither kustomize nor kubectl is on the path: k8s/ is NOT checked");
    List<JsonNode> resources = new ArrayList<>();
    YAML.readerFor(JsonNode.class).<JsonNode>readValues(built).forEachRemaining(resources::add);
    return resources;
  }
}
