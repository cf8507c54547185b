package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentVariablesTest {

  @Test
  void namesAMisspeltVariableAndTheOneThatWasMeant() {
    assertThat(EnvironmentVariables.unknown(List.of("PATH", "CHRONOSCOPE_WINDOW_LENGHT")))
        .containsExactly(
            "environment variable CHRONOSCOPE_WINDOW_LENGHT is not a setting and is ignored; did you"
                + " mean CHRONOSCOPE_WINDOW_LENGTH?");
    assertThat(EnvironmentVariables.unknown(List.of("chronoscope_model")))
        .singleElement()
        .asString()
        .endsWith("did you mean CHRONOSCOPE_MODEL?");
    assertThat(EnvironmentVariables.unknown(List.of("CHRONOSCOPE_COLOUR_OF_THE_MOON")))
        .singleElement()
        .asString()
        .endsWith("docs/reference/settings.md lists all");
  }

  @Test
  void knowsSettingsFormerNamesAndTheLauncherVariables() {
    assertThat(
            EnvironmentVariables.unknown(
                List.of(
                    "CHRONOSCOPE_MODEL",
                    "CHRONOSCOPE_KAFKA_BOOTSTRAP_SERVERS",
                    "CHRONOSCOPE_WINDOW_PARTIAL_INTERVAL",
                    "CHRONOSCOPE_WINDOW_LOOK_EVERY",
                    "CHRONOSCOPE_JAVA_OPTS",
                    "CHRONOSCOPE_TRACE")))
        .isEmpty();
  }
}
