package io.chronoscope.analysis.summary;

import static io.chronoscope.analysis.summary.RetainedSummaries.HOUR_MICROS;
import static io.chronoscope.analysis.summary.RetainedSummaries.MINUTE_MICROS;
import static io.chronoscope.analysis.summary.RetainedSummaries.hourOf;
import static io.chronoscope.analysis.summary.RetainedSummaries.minuteOf;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamState.PublishedSummary;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.analysis.summary.Summarizer.Part;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Sampling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The summaries of a stream: windows, minutes of them, hours of those, and the whole. A minute is
/// told once all windows that begin in it are done, an hour once its minutes are.
///
/// Every summary remembers a digest of what it rests on. Telling again what has not changed costs
/// nothing and says nothing; what has changed gets the next revision, and so does all above it.
///
/// The state is bounded, see [RetainedSummaries]. All times are microseconds from the stream's
/// start.
public final class SummaryTree {

  // What is kept of a text for the level above; it was published in full.
  private static final int MINUTE_TEXT = 240;
  private static final int HOUR_TEXT = 1_200;
  // All windows of a minute together, and each.
  private static final int WINDOWS_TEXT = 8_000;
  private static final int LEAST_WINDOW_TEXT = 320;

  private static final long ALL = Long.MAX_VALUE;

  private final SummaryRecords records;
  private final Summarizer narrator;
  private final RetainedSummaries kept;
  private final int windowText;

  /// @param stride from window to window
  public SummaryTree(
      SummaryRecords records, Summarizer narrator, Duration stride, Summaries state) {
    this.records = records;
    this.narrator = narrator;
    this.kept = new RetainedSummaries(state);
    this.windowText =
        (int)
            Math.clamp(
                WINDOWS_TEXT * stride.toMillis() * 1000 / MINUTE_MICROS,
                LEAST_WINDOW_TEXT,
                SummaryText.MAX_TEXT);
  }

  public Summaries state() {
    return kept.state();
  }

  /// What a window shows.
  ///
  /// @param number the window's, or [SummaryRecords#repair] of a look beside the windows
  /// @param beginsMicros where the window begins by plan; decides in which minute it counts
  /// @param restsOn ids of its events
  public record Window(
      long number,
      long beginsMicros,
      long startMicros,
      long endMicros,
      String text,
      Sampling sampling,
      List<String> restsOn) {}

  /// Takes in a window, or one that was looked at again.
  ///
  /// @return its summary; empty when it says what it said before, or when its minute's windows are
  ///   not known any more
  public Optional<Summary> take(Window window) {
    if (window.beginsMicros() / MINUTE_MICROS < kept.firstMinuteOfWindows()) {
      return Optional.empty();
    }
    PublishedSummary before = kept.windows().get(window.number());
    PublishedSummary told = told(window, before);
    if (before != null && before.digest().equals(told.digest())) {
      return Optional.empty();
    }
    kept.windows().put(told.number(), told);
    return Optional.of(records.of(Level.WINDOW, told, window.text(), window.restsOn()));
  }

  /// What was missed was seen after all. Each look is told, and what it lies in is told again, up
  /// to the hour; the whole when it is told next. Where the parts are not known any more, it is
  /// told from what it told before and the look.
  ///
  /// @param looks numbered by [SummaryRecords#repair], in order
  public List<Summary> repair(List<Window> looks) {
    List<Summary> out = new ArrayList<>();
    TreeMap<Long, List<PublishedSummary>> late = new TreeMap<>();
    for (Window look : looks) {
      long minute = look.beginsMicros() / MINUTE_MICROS;
      if (minute >= kept.firstMinuteOfWindows()) {
        take(look).ifPresent(out::add);
      } else if (!kept.restsOn(minute, look.number())) {
        PublishedSummary told = told(look, null);
        out.add(records.of(Level.WINDOW, told, look.text(), look.restsOn()));
        late.computeIfAbsent(minute, m -> new ArrayList<>()).add(told);
      }
    }
    late.forEach((minute, its) -> tellMore(minute, its, out));
    out.addAll(tellUntil(kept.doneMicros()));
    return out;
  }

  /// All windows that begin before that time are done: tells what is complete by that.
  public List<Summary> tellUntil(long micros) {
    kept.done(micros);
    List<Summary> out = new ArrayList<>();
    tellMinutes(kept.doneMicros(), out);
    tellHours(kept.doneMicros(), out);
    kept.forgetOld();
    fold();
    return out;
  }

  /// The stream is over, or rests: tells what is not complete as well, and the whole. The whole
  /// rests on the highest level of which there is more than one: that of a short video on its
  /// windows.
  public List<Summary> tellAll(long lengthMicros) {
    List<Summary> out = new ArrayList<>();
    boolean manyMinutes = kept.hasManyMinutes();
    if (manyMinutes) {
      tellMinutes(ALL, out);
    }
    boolean manyHours = kept.hasManyHours();
    if (manyHours) {
      tellHours(ALL, out);
      fold();
    }
    if (manyHours) {
      tellWhole(Level.HOUR, kept.withEarlier(kept.hours().values()), lengthMicros, out);
    } else if (manyMinutes) {
      tellWhole(Level.MINUTE, List.copyOf(kept.minutes().values()), lengthMicros, out);
    } else if (!kept.windows().isEmpty()) {
      tellWhole(Level.WINDOW, inOrder(kept.windows().values()), lengthMicros, out);
    }
    return out;
  }

  private void tellMinutes(long untilMicros, List<Summary> out) {
    TreeMap<Long, List<PublishedSummary>> parts = new TreeMap<>();
    inOrder(kept.windows().values())
        .forEach(one -> parts.computeIfAbsent(minuteOf(one), m -> new ArrayList<>()).add(one));
    parts.forEach((minute, its) -> {
      if ((minute + 1) * MINUTE_MICROS <= untilMicros) {
        tell(Level.MINUTE, minute, its, out);
      }
    });
  }

  private static List<PublishedSummary> inOrder(Collection<PublishedSummary> windows) {
    return windows.stream()
        .sorted(Comparator.comparingLong(PublishedSummary::startMicros))
        .toList();
  }

  private void tellHours(long untilMicros, List<Summary> out) {
    TreeMap<Long, List<PublishedSummary>> parts = new TreeMap<>();
    kept.minutes()
        .values()
        .forEach(one -> parts.computeIfAbsent(hourOf(one), h -> new ArrayList<>()).add(one));
    parts.forEach((hour, its) -> {
      if ((hour + 1) * HOUR_MICROS <= untilMicros) {
        tell(Level.HOUR, hour, its, out);
      }
    });
  }

  /// A minute or an hour from all that it rests on.
  private void tell(Level level, long number, List<PublishedSummary> parts, List<Summary> out) {
    PublishedSummary before = kept.at(level).get(number);
    String digest = digest(parts);
    if (before == null || !before.digest().equals(digest)) {
      publish(level, number, before, parts, numbers(parts), digest, out);
    }
  }

  /// A minute from what it told before and what was seen of it since; an hour, where its minutes
  /// are not known any more.
  private void tellMore(long minute, List<PublishedSummary> looks, List<Summary> out) {
    long hour = minute * MINUTE_MICROS / HOUR_MICROS;
    if (hour >= kept.firstHourOfMinutes()) {
      tellMore(Level.MINUTE, minute, looks, out);
    } else if (kept.isFolded(hour)) {
      kept.earlier(folded(kept.withEarlier(looks)));
    } else {
      tellMore(Level.HOUR, hour, looks, out);
    }
  }

  private void tellMore(Level level, long number, List<PublishedSummary> looks, List<Summary> out) {
    PublishedSummary before = kept.at(level).get(number);
    List<PublishedSummary> parts = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    if (before != null) {
      parts.add(before);
      numbers.addAll(before.parts());
    }
    parts.addAll(looks);
    numbers.addAll(numbers(looks));
    publish(level, number, before, parts, numbers, digest(parts), out);
  }

  private void publish(
      Level level,
      long number,
      @Nullable PublishedSummary before,
      List<PublishedSummary> parts,
      List<Long> numbers,
      String digest,
      List<Summary> out) {
    boolean minute = level == Level.MINUTE;
    String text = text(parts);
    PublishedSummary told =
        new PublishedSummary(
            number,
            before == null ? 1 : before.revision() + 1,
            number * (minute ? MINUTE_MICROS : HOUR_MICROS),
            startOf(parts),
            endOf(parts),
            SummaryText.clipped(text, minute ? MINUTE_TEXT : HOUR_TEXT),
            together(parts),
            digest,
            numbers);
    kept.at(level).put(number, told);
    out.add(records.of(level, told, text, records.ids(minute ? Level.WINDOW : Level.MINUTE, told)));
  }

  private void tellWhole(
      Level below, List<PublishedSummary> parts, long lengthMicros, List<Summary> out) {
    String digest = StableIds.of("d", lengthMicros, digest(parts));
    Optional<PublishedSummary> before = kept.whole();
    if (before.filter(known -> known.digest().equals(digest)).isPresent()) {
      return;
    }
    PublishedSummary told =
        new PublishedSummary(
            0,
            before.map(PublishedSummary::revision).orElse(0) + 1,
            0,
            0,
            lengthMicros,
            "",
            together(parts),
            digest,
            List.of());
    kept.whole(told);
    List<String> restsOn = new ArrayList<>();
    List<PublishedSummary> named = parts;
    if (below == Level.HOUR && kept.earlier().isPresent()) {
      restsOn.addAll(records.ids(below, kept.earlier().get()));
      named = parts.subList(1, parts.size());
    }
    named.forEach(part -> restsOn.add(records.id(below, part.number())));
    out.add(records.of(Level.STREAM, told, text(parts), restsOn));
  }

  private void fold() {
    List<PublishedSummary> oldest = kept.hoursToFold();
    if (!oldest.isEmpty()) {
      kept.earlier(folded(kept.withEarlier(oldest)));
      oldest.forEach(hour -> kept.hours().remove(hour.number()));
    }
  }

  /// @param parts hours, or looks at what was missed of them; before them what was folded earlier
  private PublishedSummary folded(List<PublishedSummary> parts) {
    Optional<PublishedSummary> before = kept.earlier();
    List<Long> numbers = new ArrayList<>();
    before.ifPresent(known -> numbers.addAll(known.parts()));
    numbers.addAll(numbers(parts.subList(before.isPresent() ? 1 : 0, parts.size())));
    return new PublishedSummary(
        0,
        1,
        0,
        startOf(parts),
        endOf(parts),
        SummaryText.clipped(text(parts), HOUR_TEXT),
        together(parts),
        "",
        numbers.subList(
            Math.max(0, numbers.size() - RetainedSummaries.NAMED_HOURS), numbers.size()));
  }

  private String text(List<PublishedSummary> parts) {
    return parts.size() == 1
        ? parts.getFirst().text()
        : narrator.tell(
            parts.stream()
                .map(part -> new Part(part.startMicros(), part.endMicros(), part.text()))
                .toList());
  }

  private PublishedSummary told(Window window, @Nullable PublishedSummary before) {
    Sampling sampling = window.sampling();
    return new PublishedSummary(
        window.number(),
        before == null ? 1 : before.revision() + 1,
        window.beginsMicros(),
        window.startMicros(),
        window.endMicros(),
        SummaryText.clipped(window.text(), windowText),
        sampling,
        StableIds.of(
            "d",
            window.startMicros(),
            window.endMicros(),
            window.text(),
            window.restsOn(),
            sampling.framesSeen(),
            sampling.fps()),
        List.of());
  }

  /// Only what a text is made of counts.
  private static String digest(List<PublishedSummary> parts) {
    List<Object> all = new ArrayList<>();
    for (PublishedSummary part : parts) {
      all.addAll(List.of(part.number(), part.startMicros(), part.endMicros(), part.text()));
    }
    return StableIds.of("d", all.toArray());
  }

  private static List<Long> numbers(List<PublishedSummary> parts) {
    return parts.stream().map(PublishedSummary::number).toList();
  }

  private static long startOf(List<PublishedSummary> parts) {
    return parts.stream().mapToLong(PublishedSummary::startMicros).min().orElseThrow();
  }

  private static long endOf(List<PublishedSummary> parts) {
    return parts.stream().mapToLong(PublishedSummary::endMicros).max().orElseThrow();
  }

  private static Sampling together(List<PublishedSummary> parts) {
    return Sampling.together(parts.stream().map(PublishedSummary::sampling).toList());
  }
}
