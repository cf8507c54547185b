package io.chronoscope.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {

  @Test
  void portsPickedTogetherDiffer() {
    List<Integer> ports = FreePorts.other(0, 200);
    assertThat(ports).hasSize(200).doesNotHaveDuplicates().allMatch(port -> port > 0);
  }

  @Test
  void aPortThatIsAboutToBeUsedIsNotHandedOut() {
    List<Integer> ports = FreePorts.other(0, 1);
    for (int i = 0; i < 1000; i++) {
      assertThat(FreePorts.other(ports.getFirst(), 1)).doesNotContainAnyElementsOf(ports);
    }
  }
}
