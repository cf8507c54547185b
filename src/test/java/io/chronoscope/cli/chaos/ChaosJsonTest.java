package io.chronoscope.cli.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.cli.Commands;
import io.chronoscope.testing.JsonOutput;
import io.chronoscope.wire.Json;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `chaos --json` prints is what its schema says.
class ChaosJsonTest {

  @Test
  void everyFaultMatchesTheSchema() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    assertThat(Commands.run(out, System.err, "chaos", "--list", "--json")).isZero();

    assertThat(out.toString(UTF_8).lines()).hasSizeGreaterThan(20);
    JsonOutput.requireValid("chaos", out.toString(UTF_8));
  }

  @Test
  void everyOutcomeMatchesTheSchema() {
    Fault fault = Faults.all(Duration.ofSeconds(90)).getFirst();
    for (Observation observed :
        List.of(
            new Observation.Holds("the same results"),
            new Observation.Broken("one result is missing"),
            new Observation.NotRun("no second disk"))) {
      JsonOutput.requireValid(
          "chaos",
          new String(
              Json.bytes(
                  Json.write(ChaosCommand.describe(new ChaosCommand.Row(fault, observed, 12.5)))),
              UTF_8));
    }
  }
}
