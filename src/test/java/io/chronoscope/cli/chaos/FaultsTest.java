package io.chronoscope.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.config.ConfigurationException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {

  private static final Duration OUTAGE = Duration.ofSeconds(90);

  @Test
  void everyFaultHasANameOfItsOwnAndAPromise() {
    List<Fault> all = Faults.all(OUTAGE);
    assertThat(all).extracting(Fault::name).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(24);
    assertThat(all)
        .allSatisfy(fault -> {
          assertThat(fault.name()).matches("[a-z-]+");
          assertThat(fault.what()).isNotBlank();
          assertThat(fault.promise()).isNotBlank();
        });
  }

  @Test
  void choosesByNameInTheOrderAsked() {
    assertThat(Faults.named(List.of("garbage", "broker-away"), OUTAGE))
        .extracting(Fault::name)
        .containsExactly("garbage", "broker-away");
  }

  @Test
  void namesAnUnknownFault() {
    assertThatThrownBy(() -> Faults.named(List.of("meteor"), OUTAGE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("meteor")
        .hasMessageContaining("--list");
  }
}
