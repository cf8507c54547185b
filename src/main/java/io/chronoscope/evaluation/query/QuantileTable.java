package io.chronoscope.evaluation.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Bounds on an error, by how sure its cause is. The cases are divided into groups of about equal
/// size by certainty, and each group gets a bound. No more cases exceed theirs than would leave the
/// share within if each group had one case more, and that one exceeded it (of one group: conformal
/// prediction, Vovk et al. 2005). Which ones may is chosen over all groups together, so that the
/// bounds are as narrow as possible on average: a rare large error that certainty does not announce
/// would otherwise widen the bound of a whole group. Less certainty never narrows the bound.
public final class QuantileTable {

  private QuantileTable() {}

  /// @param certainty 0 to 1
  /// @param error 0 if it is within what is allowed for anyway
  public record Case(double certainty, double error) {}

  /// @param certainty least certainty in the group; 0 in the last one
  public record Group(double certainty, double bound, int cases) {}

  /// The errors of one group, the largest first; those before `from` may exceed its bound.
  private record Errors(double certainty, List<Double> largestFirst, int from) {

    double bound() {
      return from < largestFirst.size() ? largestFirst.get(from) : 0;
    }

    /// The same group without its largest error, and all equal to it.
    Errors narrower() {
      int next = from;
      while (next < largestFirst.size() && largestFirst.get(next) == bound()) {
        next++;
      }
      return new Errors(certainty, largestFirst, next);
    }
  }

  /// @param cases at least one
  /// @param share of the errors that are to stay within the bound of their group
  /// @return from the surest group on
  public static List<Group> fit(List<Case> cases, int groups, double share) {
    List<Errors> table = grouped(cases, groups);
    int within = (int) Math.ceil((cases.size() + table.size()) * share);
    int mayExceed = Math.max(0, cases.size() - within);
    while (true) {
      List<Errors> before = table;
      int left = mayExceed - before.stream().mapToInt(Errors::from).sum();
      List<Errors> best =
          IntStream.range(0, before.size())
              .filter(i -> before.get(i).bound() > 0)
              .filter(i -> before.get(i).narrower().from() - before.get(i).from() <= left)
              .mapToObj(i -> replaced(before, i))
              .min(Comparator.comparingDouble(QuantileTable::width))
              .filter(narrower -> width(narrower) < width(before))
              .orElse(before);
      if (best == before) {
        return bounds(before);
      }
      table = best;
    }
  }

  private static List<Errors> grouped(List<Case> cases, int groups) {
    List<Case> bySurest =
        cases.stream().sorted(Comparator.comparingDouble(Case::certainty).reversed()).toList();
    List<Errors> table = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= groups; i++) {
      boolean last = i == groups;
      double least =
          last ? 0 : floor(bySurest.get(Math.max(0, bySurest.size() * i / groups - 1)).certainty());
      int until = from;
      while (until < bySurest.size() && (last || bySurest.get(until).certainty() >= least)) {
        until++;
      }
      if (least == 0 && !last) {
        continue;
      }
      if (until > from || last) {
        List<Double> errors =
            bySurest.subList(from, until).stream()
                .map(Case::error)
                .sorted(Comparator.reverseOrder())
                .toList();
        table.add(new Errors(least, errors, 0));
      }
      from = until;
    }
    return table;
  }

  private static List<Errors> replaced(List<Errors> table, int group) {
    List<Errors> other = new ArrayList<>(table);
    other.set(group, table.get(group).narrower());
    return other;
  }

  /// Of all cases together.
  private static double width(List<Errors> table) {
    return bounds(table).stream().mapToDouble(group -> group.bound() * group.cases()).sum();
  }

  private static List<Group> bounds(List<Errors> table) {
    List<Group> bounds = new ArrayList<>();
    double widest = 0;
    for (Errors group : table) {
      widest = Math.max(widest, group.bound());
      bounds.add(new Group(group.certainty(), widest, group.largestFirst().size()));
    }
    return List.copyOf(bounds);
  }

  private static double floor(double certainty) {
    return Math.floor(certainty * 1000) / 1000;
  }
}
