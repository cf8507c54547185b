package io.chronoscope.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.rule.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CandidateRuleTest {

  @TempDir Path folder;

  @Test
  void takesATextOrTheFileOfARule() throws IOException {
    Path file = Files.writeString(folder.resolve("red-stops.json"), "{\"text\":\"red stops\"}");

    assertThat(CandidateRule.resolve("Red stops!", List.of()))
        .extracting(Rule::id, Rule::text)
        .containsExactly("red-stops", "Red stops!");
    assertThat(CandidateRule.resolve(file.toString(), List.of()))
        .extracting(Rule::id, Rule::text)
        .containsExactly("red-stops", "red stops");
  }

  @Test
  void takesNoMistypedFileForAText() {
    assertThatThrownBy(() -> CandidateRule.resolve(folder + "/nosuch.json", List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no file ");
  }
}
