package io.chronoscope.search;

import io.chronoscope.domain.Result.StreamEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What the topics say about a stream.
///
/// @param id the stream's id: hostile text, like everything a producer chooses
/// @param firstStart start of its earliest result
/// @param lastEnd end of its latest result: analyzed up to here
/// @param lastPublished when a result of it was published last
/// @param end its end, if it ended and nothing followed
/// @param lag how long the last chunk of its latest analyzed window had waited
/// @param loadLevel level of load shedding of its latest analyzed window; 0 for none
/// @param events number of events that are not withdrawn
/// @param openEvents number of those that are not final
/// @param alerts number of alerts that are not withdrawn
/// @param gaps number of gaps that are not withdrawn
/// @param deadLetters number of rejected records
/// @param lastDeadLetter when a record of it was rejected last
public record StreamFacts(
    String id,
    Instant firstStart,
    Instant lastEnd,
    Instant lastPublished,
    Optional<StreamEnd> end,
    Duration lag,
    int loadLevel,
    long events,
    long openEvents,
    long alerts,
    long gaps,
    long deadLetters,
    Optional<Instant> lastDeadLetter) {

  /// What somebody who watches the stream should know; several may hold.
  public enum Condition {
    LIVE,
    IDLE,
    ENDED,
    LAGGING,
    DEGRADED,
    REFUSED_CHUNKS
  }

  /// @param now the time of the question
  /// @param idleAfter a stream of which nothing was published for this long is idle
  /// @param lagTarget lag above it counts as lagging
  public Set<Condition> conditions(Instant now, Duration idleAfter, Duration lagTarget) {
    EnumSet<Condition> conditions = EnumSet.noneOf(Condition.class);
    if (end.isPresent()) {
      conditions.add(Condition.ENDED);
    } else if (lastPublished.plus(idleAfter).isBefore(now)) {
      conditions.add(Condition.IDLE);
    } else {
      conditions.add(Condition.LIVE);
    }
    if (end.isEmpty() && lag.compareTo(lagTarget) > 0) {
      conditions.add(Condition.LAGGING);
    }
    if (end.isEmpty() && loadLevel > 0) {
      conditions.add(Condition.DEGRADED);
    }
    if (lastDeadLetter.isPresent() && !lastDeadLetter.get().plus(idleAfter).isBefore(now)) {
      conditions.add(Condition.REFUSED_CHUNKS);
    }
    return conditions;
  }
}
