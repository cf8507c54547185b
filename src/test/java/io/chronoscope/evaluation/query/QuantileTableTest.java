package io.chronoscope.evaluation.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.evaluation.query.QuantileTable.Case;
import io.chronoscope.evaluation.query.QuantileTable.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantileTableTest {

  /// The error is spread evenly up to what is missing from certainty.
  private static List<Case> cases(int count, long seed) {
    Random random = new Random(seed);
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double certainty = random.nextDouble();
      cases.add(new Case(certainty, random.nextDouble() * (1 - certainty)));
    }
    return cases;
  }

  private static double bound(List<Group> table, double certainty) {
    return table.stream()
        .filter(group -> certainty >= group.certainty())
        .findFirst()
        .orElseThrow()
        .bound();
  }

  @Test
  void holdsForTheShareOnCasesThatItWasNotFittedOn() {
    double held = 0;
    for (int seed = 0; seed < 20; seed++) {
      List<Group> table = QuantileTable.fit(cases(400, seed), 4, 0.95);
      List<Case> others = cases(1000, 100 + seed);
      held +=
          others.stream().filter(one -> one.error() <= bound(table, one.certainty())).count()
              / 20_000.0;
    }
    assertThat(held).isBetween(0.94, 0.965);
  }

  @Test
  void isNarrowWhereTheCertaintyIsHigh() {
    List<Group> table = QuantileTable.fit(cases(400, 8), 4, 0.95);
    assertThat(table).hasSize(4);
    assertThat(table).extracting(Group::cases).allMatch(cases -> cases >= 98 && cases <= 102);
    assertThat(table.getFirst().bound()).isLessThan(0.26);
    assertThat(table.getLast().certainty()).isZero();
    assertThat(table.getLast().bound()).isGreaterThan(0.8);
  }

  @Test
  void neverNarrowsWithLessCertainty() {
    List<Case> cases =
        List.of(new Case(0.9, 3), new Case(0.8, 3), new Case(0.4, 1), new Case(0.2, 1));
    assertThat(QuantileTable.fit(cases, 2, 0.99))
        .containsExactly(new Group(0.8, 3, 2), new Group(0, 3, 2));
  }

  @Test
  void isNotWidenedByARareErrorThatCertaintyDoesNotAnnounce() {
    List<Case> cases = new ArrayList<>(cases(400, 9));
    cases.add(new Case(0.99, 60));
    List<Group> table = QuantileTable.fit(cases, 4, 0.95);
    assertThat(table).extracting(Group::bound).allMatch(bound -> bound < 1);
  }

  @Test
  void takesTheLargestErrorOfTooFewCases() {
    assertThat(QuantileTable.fit(List.of(new Case(0.5, 2)), 4, 0.99).getLast().bound())
        .isEqualTo(2);
  }

  @Test
  void keepsAllThatIsEquallyUnsureInOneGroup() {
    List<Case> cases = List.of(new Case(0.9, 0.1), new Case(0, 1), new Case(0, 2), new Case(0, 4));
    assertThat(QuantileTable.fit(cases, 4, 0.99))
        .containsExactly(new Group(0.9, 0.1, 1), new Group(0, 4, 3));
  }
}
