package io.chronoscope.rule;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rules in force, by id. Changes take effect from the next window on. Thread-safe.
public final class RuleTable implements Rules {

  private static final Comparator<Rule> ORDER =
      Comparator.comparingInt(Rule::priority).reversed().thenComparing(Rule::id);

  private final int maxPerWindow;
  private final Map<String, Rule> byId = new HashMap<>();
  private volatile List<Rule> inOrder = List.of();

  /// @param maxPerWindow the most rules evaluated per window of a stream
  public RuleTable(int maxPerWindow) {
    if (maxPerWindow <= 0) {
      throw new IllegalArgumentException("at most " + maxPerWindow + " rules per window");
    }
    this.maxPerWindow = maxPerWindow;
  }

  /// @return the rule it replaces
  public synchronized Optional<Rule> put(Rule rule) {
    Optional<Rule> before = Optional.ofNullable(byId.put(rule.id(), rule));
    order();
    return before;
  }

  /// @return the removed rule
  public synchronized Optional<Rule> remove(String id) {
    Optional<Rule> before = Optional.ofNullable(byId.remove(id));
    order();
    return before;
  }

  private void order() {
    inOrder = byId.values().stream().sorted(ORDER).toList();
  }

  /// All rules, by falling priority.
  public List<Rule> all() {
    return inOrder;
  }

  @Override
  public Selection of(String stream) {
    List<Rule> matching = inOrder.stream().filter(rule -> rule.streams().matches(stream)).toList();
    int evaluated = Math.min(maxPerWindow, matching.size());
    return new Selection(
        matching.subList(0, evaluated), matching.subList(evaluated, matching.size()));
  }
}
