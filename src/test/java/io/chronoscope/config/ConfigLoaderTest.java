package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.HardwareDecoding;
import io.smallrye.config.EnvConfigSource;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigLoaderTest {

  @Test
  void hasDefaults() {
    ChronoscopeConfig settings = read(Map.of());

    assertThat(settings.model()).isEqualTo("models/demo");
    assertThat(settings.device()).isEqualTo("cpu");
    assertThat(settings.idleTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.sampling().windowTokens()).isEqualTo(24_576);
    assertThat(settings.sampling().fixedFps()).isEmpty();
    assertThat(settings.window().length()).isEmpty();
    assertThat(settings.queue().maxBytes().asLongValue()).isEqualTo(256L << 20);
    assertThat(settings.topics().deadLetters()).isEqualTo("video.chunks.dlq");
    assertThat(settings.kafka().bootstrapServers()).isEqualTo("localhost:9092");
    assertThat(settings.http().port()).isEqualTo(8080);
  }

  @Test
  void readsTheEnvironment() {
    ChronoscopeConfig settings =
        read(
            Map.of(
                "CHRONOSCOPE_MODEL", "/models/3b",
                "CHRONOSCOPE_DEVICE", "cuda",
                "CHRONOSCOPE_PRECISION", "bf16",
                "CHRONOSCOPE_IDLE_TIMEOUT", "1500ms",
                "CHRONOSCOPE_SAMPLING_MAX_FPS", "8",
                "CHRONOSCOPE_WINDOW_LENGTH", "2m",
                "CHRONOSCOPE_QUEUE_MAX_BYTES", "1G",
                "CHRONOSCOPE_TOPICS_DEAD_LETTERS", "bad",
                "KAFKA_BOOTSTRAP_SERVERS", "broker:9093"));

    assertThat(settings.model()).isEqualTo("/models/3b");
    assertThat(settings.device()).isEqualTo("cuda");
    assertThat(settings.precision()).contains("bf16");
    assertThat(settings.idleTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(settings.sampling().maxFps()).isEqualTo(8);
    assertThat(settings.window().length()).contains(Duration.ofMinutes(2));
    assertThat(settings.queue().maxBytes().asLongValue()).isEqualTo(1L << 30);
    assertThat(settings.topics().deadLetters()).isEqualTo("bad");
    assertThat(settings.kafka().bootstrapServers()).isEqualTo("broker:9093");
  }

  @Test
  void namesKeyAndValueOfInvalidSettings() {
    for (Map.Entry<String, String> bad :
        Map.of(
                "chronoscope.sampling.max-fps", "quick",
                "chronoscope.sampling.fixed-fps", "-1",
                "chronoscope.idle-timeout", "0s",
                "chronoscope.device", "tpu",
                "chronoscope.batching.max-pairs", "0",
                "chronoscope.queue.max-bytes", "lots",
                "chronoscope.http.port", "70000")
            .entrySet()) {
      String variable = bad.getKey().toUpperCase(java.util.Locale.ROOT).replaceAll("[.-]", "_");

      assertThatThrownBy(() -> read(Map.of(variable, bad.getValue())))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(bad.getKey())
          .hasMessageContaining(bad.getValue());
    }
  }

  @Test
  void rejectsContradictoryFrameRatesAndWindows() {
    assertThatThrownBy(() -> read(Map.of("CHRONOSCOPE_SAMPLING_MIN_FPS", "3")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("chronoscope.sampling.min-fps (3.0)");
    assertThatThrownBy(() ->
            read(Map.of("CHRONOSCOPE_WINDOW_LENGTH", "10s", "CHRONOSCOPE_WINDOW_OVERLAP", "10s")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("chronoscope.window.overlap");
  }

  @Test
  void rejectsHardwareDecodingInConfinedWorkers() {
    assertThatThrownBy(() -> read(Map.of("CHRONOSCOPE_DECODE_HARDWARE", "cuda")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "chronoscope.decode.hardware=cuda needs chronoscope.decode.isolation=in-process: a"
                + " decode worker is confined and may open no device");
    ChronoscopeConfig here =
        read(
            Map.of(
                "CHRONOSCOPE_DECODE_HARDWARE", "cuda",
                "CHRONOSCOPE_DECODE_ISOLATION", "in-process"));
    assertThat(here.decode().hardware()).isEqualTo(HardwareDecoding.CUDA);
  }

  @Test
  void rejectsMalformedPriorities() {
    assertThatThrownBy(() -> read(Map.of("CHRONOSCOPE_SHEDDING_PRIORITIES", "gate-*=2,yard")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "chronoscope.shedding.priorities: 'yard' is not of the form PATTERN=NUMBER, for instance"
                + " camera-*=2");
  }

  @Test
  void ignoresTheLaunchersOwnVariables() {
    assertThat(
            read(Map.of(
                    "CHRONOSCOPE_JAVA_HOME", "/jdk",
                    "CHRONOSCOPE_JAVA_OPTS", "-Xmx1g",
                    "CHRONOSCOPE_TRACE", "1"))
                .model())
        .isEqualTo("models/demo");
  }

  private static ChronoscopeConfig read(Map<String, String> environment) {
    return ConfigLoader.load(builder -> builder.withSources(new EnvConfigSource(environment, 300)));
  }
}
