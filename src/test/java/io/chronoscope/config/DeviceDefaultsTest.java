package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.qwen.decoder.StepSettings;
import io.smallrye.config.EnvConfigSource;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Settings whose defaults are those of the device.
class DeviceDefaultsTest {

  @Test
  void aGpuDecodesMorePromptsAtOnceInLargerParts() {
    assertThat(steps(Map.of("CHRONOSCOPE_DEVICE", "cuda")))
        .isEqualTo(
            new StepSettings(
                32, 8192, 2L << 30, OptionalInt.empty(), StepSettings.Launch.BY_GRAPH));
    assertThat(steps(Map.of()))
        .isEqualTo(
            new StepSettings(
                8, 1024, 512L << 20, OptionalInt.empty(), StepSettings.Launch.BY_GRAPH));
  }

  @Test
  void whatIsConfiguredHoldsOnEveryDevice() {
    for (String device : new String[] {"cpu", "cuda"}) {
      assertThat(
              steps(
                  Map.of(
                      "CHRONOSCOPE_DEVICE", device,
                      "CHRONOSCOPE_BATCHING_MAX_PROMPTS", "3",
                      "CHRONOSCOPE_BATCHING_PREFILL_CHUNK", "700",
                      "CHRONOSCOPE_BATCHING_DRAFT_TOKENS", "5",
                      "CHRONOSCOPE_CACHE_MAX_PREFIX_BYTES", "0",
                      "CHRONOSCOPE_CUDA_GRAPHS", "false")))
          .isEqualTo(
              new StepSettings(3, 700, 0, OptionalInt.of(5), StepSettings.Launch.BY_OPERATOR));
    }
  }

  private static StepSettings steps(Map<String, String> environment) {
    ChronoscopeConfig settings =
        ConfigLoader.load(builder -> builder.withSources(new EnvConfigSource(environment, 300)));
    return ConfiguredModel.engine(settings).decoding().steps();
  }
}
