package io.chronoscope.search;

import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.wire.ResultType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// Which results count: those that pass every part. An empty part lets everything pass.
///
/// @param visible patterns of which a stream matches at least one: what the caller may see
/// @param stream the streams asked for
/// @param from results that end before it do not pass
/// @param to results that start at it or later do not pass
/// @param types types of results
/// @param statuses results in another status do not pass; those without a life cycle do
/// @param levels summaries of another level do not pass; other results do
/// @param rule only alerts of this rule
/// @param minConfidence results that state a lower confidence do not pass; those that state none do
public record ResultFilter(
    List<StreamPattern> visible,
    Optional<StreamPattern> stream,
    Optional<Instant> from,
    Optional<Instant> to,
    Set<ResultType> types,
    Set<Status> statuses,
    Set<Level> levels,
    Optional<String> rule,
    OptionalDouble minConfidence) {

  /// Everything, withdrawn results as well.
  public static final ResultFilter ALL =
      new ResultFilter(
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Set.of(),
          Set.of(),
          Set.of(),
          Optional.empty(),
          OptionalDouble.empty());

  /// Everything that is not withdrawn.
  public static final ResultFilter VALID =
      ALL.withStatuses(Set.of(Status.OPEN, Status.UPDATE, Status.CLOSED));

  /// @throws InvalidQueryException when the range ends before it starts, or the confidence is not
  ///   between 0 and 1
  public ResultFilter {
    visible = List.copyOf(visible);
    types = Set.copyOf(types);
    statuses = Set.copyOf(statuses);
    levels = Set.copyOf(levels);
    if (from.isPresent() && to.isPresent() && to.get().isBefore(from.get())) {
      throw new InvalidQueryException(
          "to", "the range ends (%s) before it starts (%s)".formatted(to.get(), from.get()));
    }
    if (minConfidence.isPresent()
        && !(minConfidence.getAsDouble() >= 0 && minConfidence.getAsDouble() <= 1)) {
      throw new InvalidQueryException(
          "minConfidence", "%s is not between 0 and 1".formatted(minConfidence.getAsDouble()));
    }
  }

  public ResultFilter withVisible(List<StreamPattern> patterns) {
    return new ResultFilter(
        patterns, stream, from, to, types, statuses, levels, rule, minConfidence);
  }

  public ResultFilter withStream(StreamPattern pattern) {
    return new ResultFilter(
        visible, Optional.of(pattern), from, to, types, statuses, levels, rule, minConfidence);
  }

  /// @param first start of the range; empty for no bound
  /// @param last end of the range; empty for no bound
  public ResultFilter withRange(Optional<Instant> first, Optional<Instant> last) {
    return new ResultFilter(
        visible, stream, first, last, types, statuses, levels, rule, minConfidence);
  }

  public ResultFilter withTypes(Set<ResultType> some) {
    return new ResultFilter(visible, stream, from, to, some, statuses, levels, rule, minConfidence);
  }

  public ResultFilter withStatuses(Set<Status> some) {
    return new ResultFilter(visible, stream, from, to, types, some, levels, rule, minConfidence);
  }

  public ResultFilter withLevels(Set<Level> some) {
    return new ResultFilter(visible, stream, from, to, types, statuses, some, rule, minConfidence);
  }

  public ResultFilter withRule(String id) {
    return new ResultFilter(
        visible, stream, from, to, types, statuses, levels, Optional.of(id), minConfidence);
  }

  public ResultFilter withMinConfidence(double confidence) {
    return new ResultFilter(
        visible, stream, from, to, types, statuses, levels, rule, OptionalDouble.of(confidence));
  }

  /// Whether results of a stream may pass at all.
  public boolean matchesStream(String id) {
    return (visible.isEmpty() || visible.stream().anyMatch(pattern -> pattern.matches(id)))
        && (stream.isEmpty() || stream.get().matches(id));
  }

  public boolean matches(IndexedResult one) {
    return matchesStream(one.stream())
        && (from.isEmpty() || !one.end().isBefore(from.get()))
        && (to.isEmpty() || one.start().isBefore(to.get()))
        && (types.isEmpty() || types.contains(one.type()))
        && (statuses.isEmpty() || one.status().isEmpty() || statuses.contains(one.status().get()))
        && (levels.isEmpty() || one.level().isEmpty() || levels.contains(one.level().get()))
        && (rule.isEmpty() || rule.equals(one.rule()))
        && (minConfidence.isEmpty()
            || one.confidence().isEmpty()
            || one.confidence().getAsDouble() >= minConfidence.getAsDouble());
  }
}
