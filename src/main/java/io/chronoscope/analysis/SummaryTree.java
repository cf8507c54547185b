package io.chronoscope.analysis;

import io.chronoscope.analysis.Narrator.Part;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.analysis.StreamState.Told;
import io.chronoscope.model.ModelRef;
import io.chronoscope.model.Result.Level;
import io.chronoscope.model.Result.Summary;
import io.chronoscope.model.Sampling;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The summaries of a stream: windows, minutes of them, hours of those, and the whole. A minute is
/// told once all windows that begin in it are done, an hour once its minutes are.
///
/// Every summary remembers a digest of what it rests on. Telling again what has not changed costs
/// nothing and says nothing; what has changed gets the next revision, and so does all above it.
///
/// The state is bounded: windows of this and the last minute, the minutes of their hours, so many
/// hours; of those before only one text. What is older can no longer change. All times are
/// microseconds from the stream's start.
final class SummaryTree {

  static final long MINUTE_MICROS = 60_000_000L;
  static final long HOUR_MICROS = 60 * MINUTE_MICROS;

  /// Above this many hours the older half is folded into one text.
  static final int MAX_HOURS = 16;

  // What is kept of a text for the level above; it was published in full.
  private static final int WINDOW_TEXT = 320;
  private static final int MINUTE_TEXT = 240;
  private static final int HOUR_TEXT = 400;

  private static final long ALL = Long.MAX_VALUE;

  private final String stream;
  private final Instant start;
  private final ModelRef model;
  private final Narrator narrator;
  private final TreeMap<Long, Told> windows;
  private final TreeMap<Long, Told> minutes;
  private final TreeMap<Long, Told> hours;
  private Optional<Told> earlier;
  private Optional<Told> whole;
  private long doneMicros;

  SummaryTree(String stream, Instant start, ModelRef model, Narrator narrator, Summaries state) {
    this.stream = stream;
    this.start = start;
    this.model = model;
    this.narrator = narrator;
    this.windows = byNumber(state.windows());
    this.minutes = byNumber(state.minutes());
    this.hours = byNumber(state.hours());
    this.earlier = state.earlier();
    this.whole = state.whole();
    this.doneMicros = state.doneMicros();
  }

  private static TreeMap<Long, Told> byNumber(List<Told> told) {
    TreeMap<Long, Told> map = new TreeMap<>();
    told.forEach(one -> map.put(one.number(), one));
    return map;
  }

  Summaries state() {
    return new Summaries(
        doneMicros,
        List.copyOf(windows.values()),
        List.copyOf(minutes.values()),
        List.copyOf(hours.values()),
        earlier,
        whole);
  }

  /// What a window shows.
  ///
  /// @param number the window's, or [#repair] of a look beside the windows
  /// @param beginsMicros where the window begins by plan; decides in which minute it counts
  /// @param restsOn ids of its events
  record Window(
      long number,
      long beginsMicros,
      long startMicros,
      long endMicros,
      String text,
      Sampling sampling,
      List<String> restsOn) {}

  /// Number of a look at what was missed and came late: it stands beside the windows around it.
  static long repair(long startMicros) {
    return -1 - startMicros;
  }

  /// Takes in a window, or one that was looked at again.
  ///
  /// @return its summary; empty when it says what it said before, or when it is older than what can
  ///   still change. A repair is told however old it is, and then changes nothing above it
  Optional<Summary> take(Window window) {
    long minute = window.beginsMicros() / MINUTE_MICROS;
    boolean kept = minute >= firstKeptMinute();
    if (!kept && window.number() >= 0) {
      return Optional.empty();
    }
    Told before = windows.get(window.number());
    Sampling sampling = window.sampling();
    String digest =
        Ids.of(
            "d",
            window.startMicros(),
            window.endMicros(),
            window.text(),
            window.restsOn(),
            sampling.framesSeen(),
            sampling.fps());
    if (before != null && before.digest().equals(digest)) {
      return Optional.empty();
    }
    Told told =
        new Told(
            window.number(),
            before == null ? 1 : before.revision() + 1,
            window.beginsMicros(),
            window.startMicros(),
            window.endMicros(),
            Retelling.clipped(window.text(), WINDOW_TEXT),
            sampling,
            digest);
    if (kept) {
      windows.put(told.number(), told);
    }
    return Optional.of(summary(Level.WINDOW, told, window.text(), window.restsOn()));
  }

  /// All windows that begin before that time are done: tells what is complete by that.
  List<Summary> tellUntil(long micros) {
    doneMicros = Math.max(doneMicros, micros);
    List<Summary> told = new ArrayList<>();
    tellMinutes(doneMicros, told);
    tellHours(doneMicros, told);
    forgetOld();
    return told;
  }

  /// The stream is over, or rests: tells what is not complete as well, and the whole. A level of
  /// which there would be only one is left out, as long as it is not there yet: the whole of a
  /// short video rests on its windows.
  List<Summary> tellAll(long lengthMicros) {
    List<Summary> told = new ArrayList<>();
    boolean manyMinutes =
        !minutes.isEmpty()
            || !hours.isEmpty()
            || windows.values().stream().mapToLong(SummaryTree::minuteOf).distinct().count() > 1;
    if (manyMinutes) {
      tellMinutes(ALL, told);
    }
    boolean manyHours =
        !hours.isEmpty()
            || minutes.values().stream().mapToLong(SummaryTree::hourOf).distinct().count() > 1;
    if (manyHours) {
      tellHours(ALL, told);
    }
    if (manyHours) {
      tellWhole(Level.HOUR, withEarlier(hours.values()), lengthMicros, told);
    } else if (manyMinutes) {
      tellWhole(Level.MINUTE, List.copyOf(minutes.values()), lengthMicros, told);
    } else if (!windows.isEmpty()) {
      tellWhole(Level.WINDOW, inOrder(windows), lengthMicros, told);
    }
    forgetOld();
    return told;
  }

  private void tellMinutes(long untilMicros, List<Summary> out) {
    TreeMap<Long, List<Told>> parts = new TreeMap<>();
    inOrder(windows)
        .forEach(one -> parts.computeIfAbsent(minuteOf(one), m -> new ArrayList<>()).add(one));
    parts.forEach((minute, its) -> {
      if ((minute + 1) * MINUTE_MICROS <= untilMicros) {
        tell(Level.MINUTE, minute, minute * MINUTE_MICROS, minutes, its, MINUTE_TEXT, out);
      }
    });
  }

  private static List<Told> inOrder(TreeMap<Long, Told> windows) {
    return windows.values().stream().sorted(Comparator.comparingLong(Told::startMicros)).toList();
  }

  private void tellHours(long untilMicros, List<Summary> out) {
    TreeMap<Long, List<Told>> parts = new TreeMap<>();
    minutes
        .values()
        .forEach(one -> parts.computeIfAbsent(hourOf(one), h -> new ArrayList<>()).add(one));
    parts.forEach((hour, its) -> {
      if ((hour + 1) * HOUR_MICROS <= untilMicros) {
        tell(Level.HOUR, hour, hour * HOUR_MICROS, hours, its, HOUR_TEXT, out);
      }
    });
  }

  private void tell(
      Level level,
      long number,
      long beginsMicros,
      TreeMap<Long, Told> known,
      List<Told> parts,
      int keptText,
      List<Summary> out) {
    Told before = known.get(number);
    String digest = digest(parts);
    if (before != null && before.digest().equals(digest)) {
      return;
    }
    String text = text(parts);
    Told told =
        new Told(
            number,
            before == null ? 1 : before.revision() + 1,
            beginsMicros,
            parts.getFirst().startMicros(),
            endOf(parts),
            Retelling.clipped(text, keptText),
            together(parts),
            digest);
    known.put(number, told);
    out.add(summary(level, told, text, ids(below(level), parts)));
  }

  private void tellWhole(Level below, List<Told> parts, long lengthMicros, List<Summary> out) {
    String digest = Ids.of("d", lengthMicros, digest(parts));
    if (whole.filter(before -> before.digest().equals(digest)).isPresent()) {
      return;
    }
    String text = text(parts);
    Told told =
        new Told(
            0,
            whole.map(Told::revision).orElse(0) + 1,
            0,
            0,
            lengthMicros,
            "",
            together(parts),
            digest);
    whole = Optional.of(told);
    List<Told> named =
        earlier.isPresent() && below == Level.HOUR ? parts.subList(1, parts.size()) : parts;
    out.add(summary(Level.STREAM, told, text, ids(below, named)));
  }

  private String text(List<Told> parts) {
    return parts.size() == 1
        ? parts.getFirst().text()
        : narrator.tell(
            parts.stream()
                .map(part -> new Part(part.startMicros(), part.endMicros(), part.text()))
                .toList());
  }

  /// Only what a text is made of counts.
  private static String digest(List<Told> parts) {
    return Ids.of(
        "d",
        parts.stream()
            .flatMap(part ->
                java.util.stream.Stream.of(
                    part.number(), part.startMicros(), part.endMicros(), part.text()))
            .toArray());
  }

  private static long endOf(List<Told> parts) {
    return parts.stream().mapToLong(Told::endMicros).max().orElseThrow();
  }

  private List<Told> withEarlier(Iterable<Told> later) {
    List<Told> all = new ArrayList<>();
    earlier.ifPresent(all::add);
    later.forEach(all::add);
    return all;
  }

  private long firstKeptMinute() {
    return doneMicros / MINUTE_MICROS - 1;
  }

  private void forgetOld() {
    long minute = firstKeptMinute();
    windows.values().removeIf(window -> minuteOf(window) < minute);
    long hour = Math.max(0, minute) * MINUTE_MICROS / HOUR_MICROS;
    minutes.values().removeIf(one -> hourOf(one) < hour);
    if (hours.size() > MAX_HOURS) {
      List<Told> oldest = new ArrayList<>(hours.values()).subList(0, MAX_HOURS / 2);
      List<Told> folded = withEarlier(oldest);
      earlier =
          Optional.of(
              new Told(
                  folded.getFirst().number(),
                  1,
                  folded.getFirst().beginsMicros(),
                  folded.getFirst().startMicros(),
                  endOf(folded),
                  Retelling.clipped(text(folded), HOUR_TEXT),
                  together(folded),
                  ""));
      oldest.forEach(one -> hours.remove(one.number()));
    }
  }

  private static long minuteOf(Told told) {
    return told.beginsMicros() / MINUTE_MICROS;
  }

  private static long hourOf(Told told) {
    return told.beginsMicros() / HOUR_MICROS;
  }

  /// Frames and tokens of all, the rest from the part that was looked at least closely.
  private static Sampling together(List<Told> parts) {
    List<Sampling> looks = parts.stream().map(Told::sampling).toList();
    Sampling smallest =
        looks.stream()
            .min(
                Comparator.comparingLong(look -> (long) look.frameWidthPx() * look.frameHeightPx()))
            .orElseThrow();
    return new Sampling(
        sum(looks.stream().mapToLong(Sampling::framesSeen).sum()),
        looks.stream().mapToDouble(Sampling::fps).min().orElseThrow(),
        parts.size() == 1
            ? looks.getFirst().reason()
            : "lowest of %d parts".formatted(parts.size()),
        sum(looks.stream().mapToLong(Sampling::videoTokens).sum()),
        smallest.frameWidthPx(),
        smallest.frameHeightPx(),
        looks.stream().mapToLong(Sampling::lagMs).max().orElseThrow(),
        looks.stream().mapToInt(Sampling::loadLevel).max().orElseThrow());
  }

  private static int sum(long all) {
    return (int) Math.min(Integer.MAX_VALUE, all);
  }

  private List<String> ids(Level level, List<Told> parts) {
    return parts.stream().map(part -> id(level, part.number())).toList();
  }

  private String id(Level level, long number) {
    return switch (level) {
      case WINDOW ->
          number < 0
              ? Ids.of("sum", stream, start, "repair", repair(number))
              : Ids.of("sum", stream, start, "window", number);
      case MINUTE -> Ids.of("sum", stream, start, "minute", number);
      case HOUR -> Ids.of("sum", stream, start, "hour", number);
      case STREAM -> Ids.of("sum", stream, start, "stream");
    };
  }

  private static Level below(Level level) {
    return switch (level) {
      case WINDOW -> throw new IllegalArgumentException("no summary is below a window's");
      case MINUTE -> Level.WINDOW;
      case HOUR -> Level.MINUTE;
      case STREAM -> Level.HOUR;
    };
  }

  private Summary summary(Level level, Told told, String text, List<String> restsOn) {
    return new Summary(
        id(level, told.number()),
        told.revision(),
        level,
        stream,
        start.plus(told.startMicros(), ChronoUnit.MICROS),
        start.plus(told.endMicros(), ChronoUnit.MICROS),
        Math.round(told.startMicros() / 1000.0),
        Math.round(told.endMicros() / 1000.0),
        text,
        model,
        told.sampling(),
        restsOn);
  }
}
