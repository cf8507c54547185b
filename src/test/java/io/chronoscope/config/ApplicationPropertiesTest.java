package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ApplicationPropertiesTest {

  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{(chronoscope\\.[\\w.-]+):?([^}]*)}");

  @Test
  void referencesToSettingsHaveTheirDefaults() throws IOException {
    List<MatchResult> references =
        REFERENCE
            .matcher(Files.readString(Path.of("src/main/resources/application.properties")))
            .results()
            .toList();

    assertThat(references).isNotEmpty();
    for (MatchResult reference : references) {
      assertThat(DeclaredSettings.defaults()).containsEntry(reference.group(1), reference.group(2));
    }
  }
}
