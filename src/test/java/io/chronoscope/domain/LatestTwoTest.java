package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatestTwoTest {

  private final List<String> released = new ArrayList<>();
  private final LatestTwo<String> latest = new LatestTwo<>(released::add);

  @Test
  void theOneThatWasNotUsedForLongerGivesWay() {
    latest.add("key frame");
    latest.add("between");
    assertThat(latest.find("key frame"::equals)).contains("key frame");

    latest.add("next");

    assertThat(released).containsExactly("between");
    assertThat(latest.find("between"::equals)).isEmpty();
    assertThat(latest.find("key frame"::equals)).isPresent();
  }

  @Test
  void releasesBothOnceAndIsUsableAgain() {
    latest.add("one");
    latest.add("two");
    latest.close();
    latest.close();

    assertThat(released).containsExactlyInAnyOrder("one", "two");
    latest.add("three");
    assertThat(latest.find("three"::equals)).isPresent();
    assertThat(latest.find("one"::equals)).isEmpty();
  }
}
