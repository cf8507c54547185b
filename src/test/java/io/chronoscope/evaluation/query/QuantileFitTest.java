package io.chronoscope.evaluation.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantileFitTest {

  /// The error is spread evenly up to `0.2 + 2 * first`; the second feature says nothing, the third
  /// is less where the error is more.
  private static List<QuantileFit.Case> cases(int count, long seed) {
    Random random = new Random(seed);
    List<QuantileFit.Case> cases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double first = random.nextDouble();
      double[] features = {first, random.nextDouble(), 1 - first};
      cases.add(
          new QuantileFit.Case(
              "video " + i / 20, features, random.nextDouble() * (0.2 + 2 * first)));
    }
    return cases;
  }

  private static double bound(double[] weights, QuantileFit.Case one) {
    double sum = weights[0];
    for (int i = 0; i < one.features().length; i++) {
      sum += weights[i + 1] * one.features()[i];
    }
    return sum;
  }

  @Test
  void findsTheFeatureThatTheErrorGrowsWith() {
    double[] weights = QuantileFit.fit(cases(1000, 5), 0.9);
    assertThat(weights[0]).isCloseTo(0.18, within(0.1));
    assertThat(weights[1]).isCloseTo(1.8, within(0.2));
    assertThat(weights[2]).isCloseTo(0, within(0.1));
    assertThat(weights[3]).isEqualTo(0, within(1e-6));
  }

  @Test
  void holdsForTheShareOnCasesThatItWasNotFittedOn() {
    double[] weights = QuantileFit.fit(cases(400, 6), 0.95);
    List<QuantileFit.Case> others = cases(5000, 7);
    long held = others.stream().filter(one -> one.error() <= bound(weights, one)).count();
    assertThat(held / 5000.0).isBetween(0.94, 0.985);
  }

  @Test
  void widensForWhatAHeldOutGroupMisses() {
    List<QuantileFit.Case> cases = new ArrayList<>(cases(60, 8));
    // One video of three whose errors are three times as large.
    cases.replaceAll(one ->
        one.group().equals("video 2")
            ? new QuantileFit.Case(one.group(), one.features(), one.error() * 3)
            : one);
    double[] weights = QuantileFit.fit(cases, 0.99);
    assertThat(cases).allSatisfy(one -> assertThat(bound(weights, one)).isGreaterThan(one.error()));
  }
}
