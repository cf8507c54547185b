package io.chronoscope.analysis.summary;

import io.chronoscope.analysis.StreamState.PublishedSummary;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.domain.Result.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The summaries that a [SummaryTree] retains, bounded however long its stream lasts: the windows
/// of this and the previous minute, the minutes of this and the previous hour, the latest hours,
/// and all earlier hours folded into one summary. All times are microseconds from the stream's
/// start.
final class RetainedSummaries {

  static final long MINUTE_MICROS = 60_000_000L;
  static final long HOUR_MICROS = 60 * MINUTE_MICROS;

  /// Above this many hours, the older half is folded into one summary.
  static final int MAX_HOURS = 16;

  /// This many folded hours keep their numbers; older summaries have expired from the topic, which
  /// retains 30 days.
  static final int MAX_FOLDED_NUMBERS = 30 * 24;

  private final TreeMap<Long, PublishedSummary> windows;
  private final TreeMap<Long, PublishedSummary> minutes;
  private final TreeMap<Long, PublishedSummary> hours;
  private @Nullable PublishedSummary earlier;
  private @Nullable PublishedSummary whole;
  private long doneMicros;

  RetainedSummaries(Summaries state) {
    this.windows = byNumber(state.windows());
    this.minutes = byNumber(state.minutes());
    this.hours = byNumber(state.hours());
    this.earlier = state.earlier().orElse(null);
    this.whole = state.whole().orElse(null);
    this.doneMicros = state.doneMicros();
  }

  private static TreeMap<Long, PublishedSummary> byNumber(List<PublishedSummary> summaries) {
    TreeMap<Long, PublishedSummary> map = new TreeMap<>();
    summaries.forEach(one -> map.put(one.number(), one));
    return map;
  }

  Summaries state() {
    return new Summaries(
        doneMicros,
        List.copyOf(windows.values()),
        List.copyOf(minutes.values()),
        List.copyOf(hours.values()),
        earlier(),
        whole());
  }

  TreeMap<Long, PublishedSummary> windows() {
    return windows;
  }

  TreeMap<Long, PublishedSummary> minutes() {
    return minutes;
  }

  TreeMap<Long, PublishedSummary> hours() {
    return hours;
  }

  TreeMap<Long, PublishedSummary> at(Level level) {
    return switch (level) {
      case WINDOW -> windows;
      case MINUTE -> minutes;
      case HOUR -> hours;
      case STREAM -> throw new IllegalArgumentException("the whole stream has a single summary");
    };
  }

  /// All hours before the retained ones, folded.
  Optional<PublishedSummary> earlier() {
    return Optional.ofNullable(earlier);
  }

  void setEarlier(PublishedSummary folded) {
    earlier = folded;
  }

  Optional<PublishedSummary> whole() {
    return Optional.ofNullable(whole);
  }

  void setWhole(PublishedSummary summary) {
    whole = summary;
  }

  /// All windows that begin before this time are complete.
  long doneMicros() {
    return doneMicros;
  }

  /// Never moves back.
  void advanceTo(long micros) {
    doneMicros = Math.max(doneMicros, micros);
  }

  static long minuteOf(PublishedSummary summary) {
    return summary.beginsMicros() / MINUTE_MICROS;
  }

  static long hourOf(PublishedSummary summary) {
    return summary.beginsMicros() / HOUR_MICROS;
  }

  /// Number of the first minute whose windows are retained.
  long firstMinuteWithWindows() {
    return Math.max(0, doneMicros / MINUTE_MICROS - 1);
  }

  /// Number of the first hour whose minutes are retained.
  long firstHourWithMinutes() {
    return Math.max(0, firstMinuteWithWindows() * MINUTE_MICROS / HOUR_MICROS - 1);
  }

  /// Whether an hour is retained only as a part of [#earlier()].
  boolean isFolded(long hour) {
    return earlier != null && !hours.isEmpty() && hour < hours.firstKey();
  }

  /// Whether the summary of a minute, or one above it, already includes a window or repaired gap.
  boolean includes(long minute, long number) {
    PublishedSummary its = minutes.get(minute);
    PublishedSummary above = hours.get(minute * MINUTE_MICROS / HOUR_MICROS);
    return (its != null && its.parts().contains(number))
        || (above != null && above.parts().contains(number))
        || (earlier != null && earlier.parts().contains(number));
  }

  boolean hasManyMinutes() {
    Set<Long> all = new HashSet<>(minutes.keySet());
    windows.values().forEach(window -> all.add(minuteOf(window)));
    return all.size() > 1 || !hours.isEmpty() || (windows.isEmpty() && !minutes.isEmpty());
  }

  boolean hasManyHours() {
    Set<Long> all = new HashSet<>(hours.keySet());
    minutes.values().forEach(minute -> all.add(hourOf(minute)));
    return all.size() > 1 || earlier != null || (minutes.isEmpty() && !hours.isEmpty());
  }

  void evictOld() {
    windows.values().removeIf(window -> minuteOf(window) < firstMinuteWithWindows());
    minutes.values().removeIf(minute -> hourOf(minute) < firstHourWithMinutes());
  }

  /// The hours to fold: the older half if there are more than [#MAX_HOURS], else none.
  List<PublishedSummary> hoursToFold() {
    return hours.size() > MAX_HOURS
        ? List.copyOf(hours.values()).subList(0, MAX_HOURS / 2)
        : List.of();
  }
}
