package io.chronoscope.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which class path the launcher starts a command with.
class StartKindTest {

  @ParameterizedTest
  @CsvSource({
    "demo, embedded",
    "evaluate search --json, embedded",
    "evaluate video-samples, embedded",
    "bench search, embedded",
    "serve --embedded, embedded",
    "serve, service",
    "search a red circle, service",
    "events, commands",
    "evaluate --help, commands"
  })
  void commandsThatStartABrokerHaveIt(String arguments, String kind)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    "sh",
                    "-c",
                    ". src/launcher/start.sh; choose_kind %s; echo $KIND".formatted(arguments)))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said.strip()).isEqualTo(kind);
  }
}
