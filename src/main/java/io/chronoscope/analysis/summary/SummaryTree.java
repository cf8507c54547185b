package io.chronoscope.analysis.summary;

import static io.chronoscope.analysis.summary.RetainedSummaries.HOUR_MICROS;
import static io.chronoscope.analysis.summary.RetainedSummaries.MINUTE_MICROS;
import static io.chronoscope.analysis.summary.RetainedSummaries.hourOf;
import static io.chronoscope.analysis.summary.RetainedSummaries.minuteOf;

import io.chronoscope.analysis.StreamState.PublishedSummary;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.analysis.summary.SummaryBuilder.Built;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Sampling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The summaries of a stream: of windows, of minutes of windows, of hours of minutes, and of the
/// whole stream. A minute is summarized once all windows that begin in it are complete, an hour
/// once its minutes are.
///
/// Every summary has a digest of its parts. Summarizing again what has not changed asks no model
/// and publishes nothing; a change gives the summary its next revision, and every summary above it.
///
/// The state is bounded, see [RetainedSummaries]. All times are microseconds from the stream's
/// start. For use by one thread at a time.
public final class SummaryTree {

  private static final long ALL = Long.MAX_VALUE;

  private final SummaryFactory factory;
  private final SummaryBuilder builder;
  private final RetainedSummaries retained;

  /// @param stride from the start of one window to that of the next
  public SummaryTree(
      SummaryFactory factory, Summarizer summarizer, Duration stride, Summaries state) {
    this.factory = factory;
    this.builder = new SummaryBuilder(summarizer, stride);
    this.retained = new RetainedSummaries(state);
  }

  public Summaries state() {
    return retained.state();
  }

  /// The summary of one window, from the model's answer.
  ///
  /// @param number the window's number, or [SummaryFactory#repairNumber] of a repaired gap
  /// @param beginsMicros the window's nominal start; decides which minute it belongs to
  /// @param startMicros time of the first frame
  /// @param endMicros end of what was seen
  /// @param restsOn ids of its events
  public record Window(
      long number,
      long beginsMicros,
      long startMicros,
      long endMicros,
      String text,
      Sampling sampling,
      List<String> restsOn) {}

  /// End of what was seen in a window, in microseconds from the stream's start; empty for a window
  /// that was not analyzed, or long ago.
  public OptionalLong seenUntil(long window) {
    PublishedSummary summary = retained.windows().get(window);
    return summary == null ? OptionalLong.empty() : OptionalLong.of(summary.endMicros());
  }

  /// Adds a window, or replaces one that was analyzed again.
  ///
  /// @return its summary to publish; empty when nothing has changed, or when the windows of its
  ///   minute are no longer retained
  public Optional<Summary> add(Window window) {
    if (window.beginsMicros() / MINUTE_MICROS < retained.firstMinuteWithWindows()) {
      return Optional.empty();
    }
    PublishedSummary before = retained.windows().get(window.number());
    PublishedSummary summary = builder.window(window, before);
    if (before != null && before.digest().equals(summary.digest())) {
      return Optional.empty();
    }
    retained.windows().put(summary.number(), summary);
    return Optional.of(factory.create(Level.WINDOW, summary, window.text(), window.restsOn()));
  }

  /// Adds gaps that were analyzed after all. Summarizes each of them, and summarizes again the
  /// minutes and hours that they lie in; the whole stream follows with the next [#flush]. Where the
  /// parts of a minute or hour are no longer retained, its new summary is made from its old one and
  /// the gaps.
  ///
  /// @param gaps numbered by [SummaryFactory#repairNumber], in order
  public List<Summary> repair(List<Window> gaps) {
    List<Summary> out = new ArrayList<>();
    TreeMap<Long, List<PublishedSummary>> late = new TreeMap<>();
    for (Window gap : gaps) {
      long minute = gap.beginsMicros() / MINUTE_MICROS;
      if (minute >= retained.firstMinuteWithWindows()) {
        add(gap).ifPresent(out::add);
      } else if (!retained.includes(minute, gap.number())) {
        PublishedSummary summary = builder.window(gap, null);
        out.add(factory.create(Level.WINDOW, summary, gap.text(), gap.restsOn()));
        late.computeIfAbsent(minute, m -> new ArrayList<>()).add(summary);
      }
    }
    late.forEach((minute, its) -> extend(minute, its, out));
    out.addAll(advanceTo(retained.doneMicros()));
    return out;
  }

  /// Summarizes the minutes and hours that are complete because all windows that begin before
  /// `micros` are.
  public List<Summary> advanceTo(long micros) {
    retained.advanceTo(micros);
    List<Summary> out = new ArrayList<>();
    summarizeMinutes(retained.doneMicros(), out);
    summarizeHours(retained.doneMicros(), out);
    retained.evictOld();
    fold();
    return out;
  }

  /// Summarizes incomplete minutes and hours too, and the whole stream, because the stream has
  /// ended or is idle. The whole is based on the highest level with more than one summary: that of
  /// a short video on its windows.
  public List<Summary> flush(long lengthMicros) {
    List<Summary> out = new ArrayList<>();
    boolean manyMinutes = retained.hasManyMinutes();
    if (manyMinutes) {
      summarizeMinutes(ALL, out);
    }
    boolean manyHours = retained.hasManyHours();
    if (manyHours) {
      summarizeHours(ALL, out);
      fold();
    }
    if (manyHours) {
      List<PublishedSummary> hours = new ArrayList<>();
      retained.earlier().ifPresent(hours::add);
      hours.addAll(retained.hours().values());
      summarizeWhole(Level.HOUR, hours, lengthMicros, out);
    } else if (manyMinutes) {
      summarizeWhole(Level.MINUTE, List.copyOf(retained.minutes().values()), lengthMicros, out);
    } else if (!retained.windows().isEmpty()) {
      summarizeWhole(Level.WINDOW, inOrder(retained.windows().values()), lengthMicros, out);
    }
    return out;
  }

  private void summarizeMinutes(long untilMicros, List<Summary> out) {
    TreeMap<Long, List<PublishedSummary>> parts = new TreeMap<>();
    inOrder(retained.windows().values())
        .forEach(one -> parts.computeIfAbsent(minuteOf(one), m -> new ArrayList<>()).add(one));
    parts.forEach((minute, its) -> {
      if ((minute + 1) * MINUTE_MICROS <= untilMicros) {
        summarize(Level.MINUTE, minute, its, out);
      }
    });
  }

  private static List<PublishedSummary> inOrder(Collection<PublishedSummary> windows) {
    return windows.stream()
        .sorted(Comparator.comparingLong(PublishedSummary::startMicros))
        .toList();
  }

  private void summarizeHours(long untilMicros, List<Summary> out) {
    TreeMap<Long, List<PublishedSummary>> parts = new TreeMap<>();
    retained
        .minutes()
        .values()
        .forEach(one -> parts.computeIfAbsent(hourOf(one), h -> new ArrayList<>()).add(one));
    parts.forEach((hour, its) -> {
      if ((hour + 1) * HOUR_MICROS <= untilMicros) {
        summarize(Level.HOUR, hour, its, out);
      }
    });
  }

  /// Summarizes a minute or an hour from all of its parts, unless they have not changed.
  private void summarize(
      Level level, long number, List<PublishedSummary> parts, List<Summary> out) {
    PublishedSummary before = retained.at(level).get(number);
    if (before == null || !before.digest().equals(SummaryBuilder.digest(parts))) {
      publish(level, number, before, parts, SummaryBuilder.numbers(parts), out);
    }
  }

  /// Extends a minute by repaired gaps, or its hour if its minutes are no longer retained.
  private void extend(long minute, List<PublishedSummary> gaps, List<Summary> out) {
    long hour = minute * MINUTE_MICROS / HOUR_MICROS;
    if (hour >= retained.firstHourWithMinutes()) {
      extend(Level.MINUTE, minute, gaps, out);
    } else if (retained.isFolded(hour)) {
      retained.setEarlier(builder.fold(retained.earlier(), gaps));
    } else {
      extend(Level.HOUR, hour, gaps, out);
    }
  }

  private void extend(Level level, long number, List<PublishedSummary> gaps, List<Summary> out) {
    PublishedSummary before = retained.at(level).get(number);
    List<PublishedSummary> parts = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    if (before != null) {
      parts.add(before);
      numbers.addAll(before.parts());
    }
    parts.addAll(gaps);
    numbers.addAll(SummaryBuilder.numbers(gaps));
    publish(level, number, before, parts, numbers, out);
  }

  private void publish(
      Level level,
      long number,
      @Nullable PublishedSummary before,
      List<PublishedSummary> parts,
      List<Long> numbers,
      List<Summary> out) {
    boolean minute = level == Level.MINUTE;
    Built built =
        minute
            ? builder.minute(number, before, parts, numbers)
            : builder.hour(number, before, parts, numbers);
    retained.at(level).put(number, built.summary());
    Level below = minute ? Level.WINDOW : Level.MINUTE;
    out.add(
        factory.create(
            level, built.summary(), built.text(), factory.partIds(below, built.summary())));
  }

  private void summarizeWhole(
      Level below, List<PublishedSummary> parts, long lengthMicros, List<Summary> out) {
    String digest = SummaryBuilder.wholeDigest(parts, lengthMicros);
    Optional<PublishedSummary> before = retained.whole();
    if (before.filter(known -> known.digest().equals(digest)).isPresent()) {
      return;
    }
    Built built = builder.whole(before, parts, lengthMicros, digest);
    retained.setWhole(built.summary());
    List<String> restsOn = new ArrayList<>();
    List<PublishedSummary> named = parts;
    if (below == Level.HOUR && retained.earlier().isPresent()) {
      restsOn.addAll(factory.partIds(below, retained.earlier().get()));
      named = parts.subList(1, parts.size());
    }
    named.forEach(part -> restsOn.add(factory.id(below, part.number())));
    out.add(factory.create(Level.STREAM, built.summary(), built.text(), restsOn));
  }

  private void fold() {
    List<PublishedSummary> oldest = retained.hoursToFold();
    if (!oldest.isEmpty()) {
      retained.setEarlier(builder.fold(retained.earlier(), oldest));
      oldest.forEach(hour -> retained.hours().remove(hour.number()));
    }
  }
}
