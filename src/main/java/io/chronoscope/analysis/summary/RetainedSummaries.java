package io.chronoscope.analysis.summary;

import io.chronoscope.analysis.StreamState.PublishedSummary;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.domain.Result.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a [SummaryTree] remembers, however long its stream lasts: windows of this and the last
/// minute, minutes of this and the last hour, so many hours; of those before only one text, and
/// their numbers. All times are microseconds from the stream's start.
final class RetainedSummaries {

  static final long MINUTE_MICROS = 60_000_000L;
  static final long HOUR_MICROS = 60 * MINUTE_MICROS;

  /// Above this many hours the older half is folded into one text.
  static final int MAX_HOURS = 16;

  /// So many of the hours that were folded are still named: what is older than 30 days is gone from
  /// the topic.
  static final int NAMED_HOURS = 30 * 24;

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

  private static TreeMap<Long, PublishedSummary> byNumber(List<PublishedSummary> told) {
    TreeMap<Long, PublishedSummary> map = new TreeMap<>();
    told.forEach(one -> map.put(one.number(), one));
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
      case STREAM -> throw new IllegalArgumentException("there is one whole only");
    };
  }

  /// What all hours before the kept ones come to.
  Optional<PublishedSummary> earlier() {
    return Optional.ofNullable(earlier);
  }

  void earlier(PublishedSummary told) {
    earlier = told;
  }

  Optional<PublishedSummary> whole() {
    return Optional.ofNullable(whole);
  }

  void whole(PublishedSummary told) {
    whole = told;
  }

  /// All windows that begin before are done.
  long doneMicros() {
    return doneMicros;
  }

  void done(long micros) {
    doneMicros = Math.max(doneMicros, micros);
  }

  static long minuteOf(PublishedSummary told) {
    return told.beginsMicros() / MINUTE_MICROS;
  }

  static long hourOf(PublishedSummary told) {
    return told.beginsMicros() / HOUR_MICROS;
  }

  /// WindowSequence of minutes before are not known any more.
  long firstMinuteOfWindows() {
    return Math.max(0, doneMicros / MINUTE_MICROS - 1);
  }

  /// Minutes of hours before are not known any more.
  long firstHourOfMinutes() {
    return Math.max(0, firstMinuteOfWindows() * MINUTE_MICROS / HOUR_MICROS - 1);
  }

  /// Whether of that hour there is only a part of [#earlier()].
  boolean isFolded(long hour) {
    return earlier != null && !hours.isEmpty() && hour < hours.firstKey();
  }

  /// Whether what is told of a minute knows a window already.
  boolean restsOn(long minute, long window) {
    PublishedSummary its = minutes.get(minute);
    PublishedSummary above = hours.get(minute * MINUTE_MICROS / HOUR_MICROS);
    return (its != null && its.parts().contains(window))
        || (above != null && above.parts().contains(window))
        || (earlier != null && earlier.parts().contains(window));
  }

  List<PublishedSummary> withEarlier(Collection<PublishedSummary> later) {
    List<PublishedSummary> all = new ArrayList<>();
    earlier().ifPresent(all::add);
    all.addAll(later);
    return all;
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

  void forgetOld() {
    windows.values().removeIf(window -> minuteOf(window) < firstMinuteOfWindows());
    minutes.values().removeIf(minute -> hourOf(minute) < firstHourOfMinutes());
  }

  /// The oldest hours, when there are too many; none otherwise.
  List<PublishedSummary> hoursToFold() {
    return hours.size() > MAX_HOURS
        ? List.copyOf(hours.values()).subList(0, MAX_HOURS / 2)
        : List.of();
  }
}
