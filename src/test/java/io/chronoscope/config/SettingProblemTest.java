package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingProblemTest {

  @Test
  void saysWhatIsWrongInTheTermsOfTheUser() {
    assertThat(problem("chronoscope.http.port", "99999"))
        .isEqualTo("chronoscope.http.port is \"99999\": not between 0 and 65535");
    assertThat(problem("chronoscope.window.length", "soon"))
        .isEqualTo(
            "chronoscope.window.length is \"soon\": not a duration such as 500ms, 30s or 10m");
    assertThat(problem("chronoscope.events.min-confidence", "high"))
        .isEqualTo("chronoscope.events.min-confidence is \"high\": not a number");
    assertThat(problem("chronoscope.questions.threshold", "2"))
        .isEqualTo("chronoscope.questions.threshold is \"2\": not a confidence from 0 to 1");
    assertThat(problem("chronoscope.queue.max-bytes", "much"))
        .isEqualTo("chronoscope.queue.max-bytes is \"much\": not a size such as 512M or 4G");
    assertThat(problem("chronoscope.decode.isolation", "none"))
        .isEqualTo("chronoscope.decode.isolation is \"none\": not one of process, in-process");
    assertThat(problem("chronoscope.search.enabled", "maybe"))
        .isEqualTo("chronoscope.search.enabled is \"maybe\": neither true nor false");
    assertThat(problem("chronoscope.tracing", "maybe"))
        .isEqualTo("chronoscope.tracing is \"maybe\": neither true nor false");
    assertThat(problem("chronoscope.model", ""))
        .isEqualTo("chronoscope.model is empty; remove it to use its default");
  }

  @Test
  void suggestsTheSettingThatWasMeant() {
    assertThat(problem("chronoscope.modle", "x"))
        .startsWith("chronoscope.modle")
        .endsWith(" is not a setting; did you mean chronoscope.model?");
    assertThat(problem("chronoscope.sampling.maxfps", "8"))
        .endsWith("did you mean chronoscope.sampling.max-fps?");
  }

  private static String problem(String setting, String value) {
    StringBuilder problem = new StringBuilder();
    assertThatThrownBy(() ->
            ConfigLoader.load(builder ->
                builder.withSources(
                    new PropertiesConfigSource(Map.of(setting, value), "test", 400))))
        .isInstanceOfSatisfying(
            ConfigurationException.class, thrown -> problem.append(thrown.getMessage()));
    assertThat(problem.toString()).doesNotContain("SRCFG", "Exception", "java.", "io.chronoscope");
    return problem.toString();
  }
}
