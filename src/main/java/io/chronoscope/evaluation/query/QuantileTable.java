package io.chronoscope.evaluation.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Bounds on an error, by how sure its cause is: conformal prediction by groups (Mondrian; Vovk et
/// al. 2005). The cases are divided into groups of about equal size by certainty. The bound of a
/// group is the smallest error that is not exceeded by as many of its cases as the share requires
/// of one case more; of too few cases it is their largest. Less certainty never narrows the bound.
public final class QuantileTable {

  private QuantileTable() {}

  /// @param certainty 0 to 1
  /// @param error 0 if it is within what is allowed for anyway
  public record Case(double certainty, double error) {}

  /// @param certainty least certainty in the group; 0 in the last one
  public record Group(double certainty, double bound, int cases) {}

  /// @param cases at least one
  /// @param share of the errors that are to stay within the bound of their group
  /// @return from the surest group on
  public static List<Group> fit(List<Case> cases, int groups, double share) {
    List<Case> bySurest =
        cases.stream().sorted(Comparator.comparingDouble(Case::certainty).reversed()).toList();
    List<Group> table = new ArrayList<>();
    double widest = 0;
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
      widest = Math.max(widest, quantile(bySurest.subList(from, until), share));
      if (until > from || last) {
        table.add(new Group(least, widest, until - from));
      }
      from = until;
    }
    return List.copyOf(table);
  }

  private static double floor(double certainty) {
    return Math.floor(certainty * 1000) / 1000;
  }

  private static double quantile(List<Case> group, double share) {
    List<Double> errors = group.stream().map(Case::error).sorted().toList();
    int rank = Math.min(errors.size(), (int) Math.ceil((errors.size() + 1) * share));
    return errors.isEmpty() ? 0 : errors.get(rank - 1);
  }
}
