package io.chronoscope.web.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenFileTest {

  private static final String SECRET = "0123456789abcdef";

  @TempDir Path directory;

  @Test
  void knowsCallersByTokenOrByDigest() throws IOException {
    TokenFile tokens =
        read(
            """
            # who can do what
            alice  operator  *            %s
            wall   viewer    cam-*,dock   sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            """
                .formatted(SECRET));

    Caller alice = tokens.find(SECRET).orElseThrow();
    assertThat(alice.name()).isEqualTo("alice");
    assertThat(alice.roles()).containsExactlyInAnyOrder(Role.VIEWER, Role.OPERATOR);
    Caller wall = tokens.find("test").orElseThrow();
    assertThat(wall.roles()).containsExactly(Role.VIEWER);
    assertThat(wall.maySee("cam-1")).isTrue();
    assertThat(wall.maySee("dock-1")).isFalse();
    assertThat(tokens.find("")).isEmpty();
    assertThat(tokens.find(SECRET + "x")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alice operator * short | shorter than 16",
        "alice admin * 0123456789abcdef | admin is unknown",
        "alice operator 0123456789abcdef | there are 3 fields",
        "alice operator * sha256:12 | 64 hexadecimal",
        "# nobody | holds no token",
      })
  void saysWhatIsWrongWithoutTheToken(String line, String message) {
    assertThatThrownBy(() -> read(line + "\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    assertThatThrownBy(() -> TokenFile.read(directory.resolve("none")))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageContaining("chronoscope.access.tokens");
  }

  private TokenFile read(String text) throws IOException {
    return TokenFile.read(Files.writeString(directory.resolve("tokens"), text));
  }
}
