package io.chronoscope.evaluation.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogisticFitTest {

  @Test
  void findsTheWeightsThatDrewTheCases() {
    Random random = new Random(3);
    List<LogisticFit.Case> cases = new ArrayList<>();
    double[] truth = {-0.5, 2, 0};
    for (int i = 0; i < 20_000; i++) {
      double[] features = {random.nextGaussian(), random.nextGaussian()};
      cases.add(
          new LogisticFit.Case(
              features, random.nextDouble() < LogisticFit.estimate(truth, features)));
    }
    assertThat(LogisticFit.fit(cases, 1)).containsExactly(truth, within(0.07));
  }

  @Test
  void staysFiniteWhereTheCasesSeparatePerfectly() {
    List<LogisticFit.Case> cases =
        List.of(
            new LogisticFit.Case(new double[] {1}, true),
            new LogisticFit.Case(new double[] {2}, true),
            new LogisticFit.Case(new double[] {-1}, false));
    double[] weights = LogisticFit.fit(cases, 0.1);
    assertThat(weights[1]).isBetween(0.5, 20.0);
  }

  @Test
  void casesThatAllHoldTellNothing() {
    List<LogisticFit.Case> cases =
        List.of(
            new LogisticFit.Case(new double[] {1}, true),
            new LogisticFit.Case(new double[] {2}, true));
    assertThatThrownBy(() -> LogisticFit.fit(cases, 1)).hasMessageContaining("of 2 cases 2 hold");
    assertThatThrownBy(() -> LogisticFit.fit(List.of(), 1))
        .hasMessageContaining("of 0 cases 0 hold");
  }
}
