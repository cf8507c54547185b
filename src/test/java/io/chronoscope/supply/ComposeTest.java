package io.chronoscope.supply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.chronoscope.config.EnvironmentVariables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What `compose.yaml` and `k8s` name exists: files, settings, images.
class ComposeTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern SETTING = Pattern.compile("CHRONOSCOPE_[A-Z0-9_]+");
  private static final Pattern VERSION = Pattern.compile("(?s)<version>([^<]+)</version>");

  @Test
  void mountsFilesThatExist() throws IOException {
    List<String> missing = new ArrayList<>();
    for (JsonNode service : compose().path("services")) {
      for (JsonNode volume : service.path("volumes")) {
        String from = volume.asText().replaceFirst(":.*", "");
        if (from.startsWith(".") && !Files.exists(Path.of(from))) {
          missing.add(from);
        }
      }
    }

    assertThat(missing).isEmpty();
    assertThat(compose().path("services")).hasSize(4);
  }

  @Test
  void publishesOnThisMachineOnly() throws IOException {
    for (JsonNode service : compose().path("services")) {
      assertThat(service.path("ports"))
          .allSatisfy(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
    }
    JsonNode chronoscope = compose().at("/services/chronoscope");
    assertThat(chronoscope.path("read_only").asBoolean()).isTrue();
    assertThat(chronoscope.at("/cap_drop/0").asText()).isEqualTo("ALL");
  }

  @Test
  void imagesHaveTheVersionOfTheBuild() throws IOException {
    Matcher version = VERSION.matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();
    String tag = version.group(1).toLowerCase(Locale.ROOT);

    assertThat(compose().at("/services/chronoscope/image").asText())
        .isEqualTo("chronoscope:" + tag + "-cpu");
    for (String overlay : List.of("single-node", "cpu", "gpu")) {
      JsonNode image =
          YAML.readTree(Path.of("k8s/overlays", overlay, "kustomization.yaml").toFile())
              .at("/images/0");
      assertThat(image.path("name").asText()).isEqualTo("chronoscope");
      assertThat(image.path("newTag").asText())
          .isEqualTo(tag + (overlay.equals("gpu") ? "-gpu" : "-cpu"));
    }
  }

  @Test
  void settingsExist() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("k8s"))) {
      for (Path file :
          Stream.concat(Stream.of(Path.of("compose.yaml"), Path.of("src/image/pom.xml")), files)
              .filter(Files::isRegularFile)
              .toList()) {
        Matcher found = SETTING.matcher(Files.readString(file));
        while (found.find()) {
          names.add(found.group());
        }
      }
    }

    assertThat(names).hasSizeGreaterThan(10);
    assertThat(EnvironmentVariables.unknown(names)).isEmpty();
  }

  private static JsonNode compose() throws IOException {
    return YAML.readTree(Path.of("compose.yaml").toFile());
  }
}
