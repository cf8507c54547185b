package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.live.Credentials;
import io.chronoscope.live.LiveSources.Plan;
import io.chronoscope.live.TimeSource;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveSourceSettingsTest {

  @TempDir Path directory;

  @Test
  void readsSourcesFromFileAndEnvironment() {
    List<Plan> plans =
        LiveSourceSettings.plans(
            settings(
                Map.of(
                    "chronoscope.sources.dock-2", "https://cdn/dock/index.m3u8",
                    "chronoscope.live.encode", "dock-2",
                    "chronoscope.live.chunk-length", "2s"),
                Map.of("CHRONOSCOPE_SOURCES_GATE", "rtsp://camera-1/main")));

    assertThat(plans).extracting(Plan::stream).containsExactly("dock-2", "gate");
    assertThat(plans)
        .extracting(plan -> plan.address().toString())
        .containsExactly("https://cdn/dock/index.m3u8", "rtsp://camera-1/main");
    assertThat(plans)
        .extracting(plan -> plan.settings().treatment())
        .containsExactly(Treatment.ENCODE, Treatment.COPY);
    assertThat(plans.getFirst().settings().segmentLength()).isEqualTo(Duration.ofSeconds(2));
    assertThat(plans.getFirst().credentials()).isEmpty();
  }

  @Test
  void readsCredentialsFromFileAndEnvironment() throws Exception {
    Path file = directory.resolve("credentials");
    Files.writeString(file, "# cameras\nyard  viewer:a b:c\ngate other:x\n");

    List<Plan> plans =
        LiveSourceSettings.plans(
            settings(
                Map.of(
                    "chronoscope.sources.gate", "rtsp://camera-1/main",
                    "chronoscope.sources.yard", "rtsp://camera-2/main",
                    "chronoscope.live.credentials-file", file.toString()),
                Map.of("CHRONOSCOPE_LIVE_CREDENTIALS_GATE", "viewer:s3cret")));

    assertThat(plans.get(0).credentials()).contains(new Credentials("viewer", "s3cret"));
    assertThat(plans.get(1).credentials()).contains(new Credentials("viewer", "a b:c"));
    assertThat(plans.toString()).doesNotContain("s3cret").doesNotContain("a b:c");
  }

  @Test
  void clockAndSpoolHaveDefaults() {
    var shared = LiveSourceSettings.shared(settings(Map.of(), Map.of()));

    assertThat(shared.timeSource()).isEqualTo(TimeSource.SOURCE);
    assertThat(shared.maxSpoolBytes()).isEqualTo(1L << 30);
    assertThat(shared.spool()).isEqualTo(Path.of("data/spool"));
  }

  @Test
  void saysWhatIsWrongWithoutSecrets() throws Exception {
    assertThatThrownBy(() ->
            settings(
                Map.of("chronoscope.sources.gate", "rtsp://viewer:s3cret@camera-1/main"), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("chronoscope.sources.gate: rtsp://***@camera-1/main")
        .message()
        .doesNotContain("s3cret");
    assertThatThrownBy(() ->
            settings(
                Map.of("chronoscope.sources.gate", "rtsp://camera-1/main"),
                Map.of("CHRONOSCOPE_LIVE_CREDENTIALS_GATE", "s3cret")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("chronoscope.live.credentials.gate")
        .message()
        .doesNotContain("s3cret");
    Path file = directory.resolve("credentials");
    Files.writeString(file, "gate viewer:x\ns3cret\n");
    assertThatThrownBy(() ->
            settings(
                Map.of(
                    "chronoscope.sources.gate",
                    "rtsp://camera-1/main",
                    "chronoscope.live.credentials-file",
                    file.toString()),
                Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("line 2")
        .message()
        .doesNotContain("s3cret");
  }

  private static ChronoscopeConfig settings(
      Map<String, String> properties, Map<String, String> environment) {
    return ConfigLoader.load(builder ->
        builder.withSources(
            new PropertiesConfigSource(properties, "test", 400),
            new EnvConfigSource(environment, 300)));
  }
}
