package io.chronoscope.render;

import io.chronoscope.render.StreamTimeline.Invented;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.Row;
import io.chronoscope.render.StreamTimeline.True;
import io.chronoscope.render.StreamTimeline.Unseen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Draws a timeline with characters: an axis, then for each event a bar where it was, its times and
/// what happened; under it, thin, where it truly was. What was not seen is shaded.
public final class TimelineText {

  private static final String INDENT = "  ";
  // The line under an event whose truth is known is a little longer than the event's own.
  private static final int TIMES = "00:00.00 – 00:00.00 IoU 0.00".length();
  private static final String PARTS = " ▏▎▍▌▋▊▉";

  /// Written in full in the record; here it only says what to expect.
  private static final int MOST_SUMMARY_LINES = 4;

  private static final int MOST_SECTIONS = 12;

  private final Terminal terminal;

  public TimelineText(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Lines without line ends.
  public List<String> draw(StreamTimeline timeline) {
    List<String> lines = new ArrayList<>();
    String caption = timeline.caption().isEmpty() ? "" : "  " + timeline.caption();
    lines.add(
        style("1", timeline.name())
            + style("2", "  " + ClockTime.coarse(timeline.durationMs()) + caption));
    int longest =
        timeline.rows().stream().mapToInt(row -> row.description().length()).max().orElse(0);
    int free = terminal.columns() - INDENT.length() - TIMES - 4;
    int words = Math.clamp(longest, 8, Math.max(16, free / 2));
    int bar = Math.max(12, free - words);
    if (!timeline.hasEvents()) {
      lines.add(
          INDENT
              + style(
                  "2",
                  timeline.rows().isEmpty()
                      ? "nothing happened"
                      : "nothing happened in what was seen"));
    }
    int place = 0;
    for (long start = 0; place < timeline.rows().size(); start += sectionMs(timeline)) {
      long left = timeline.durationMs() - start;
      long end = left <= sectionMs(timeline) ? Long.MAX_VALUE : start + sectionMs(timeline);
      TimeAxis axis = new TimeAxis(start, Math.min(left, sectionMs(timeline)), bar);
      if (timeline.rows().get(place).startMs() >= end) {
        continue;
      }
      lines.addAll(scale(axis, bar));
      while (place < timeline.rows().size() && timeline.rows().get(place).startMs() < end) {
        lines.addAll(
            switch (timeline.rows().get(place)) {
              case Reported reported -> reported(reported, axis, bar, words, place);
              case Missed missed -> missed(missed, axis, bar, words);
              case Unseen unseen -> unseen(unseen, axis, bar, words);
            });
        place++;
      }
    }
    List<String> summary = wrap(timeline.summary(), terminal.columns() - INDENT.length() - 4);
    for (int i = 0; i < Math.min(MOST_SUMMARY_LINES, summary.size()); i++) {
      boolean cut = i == MOST_SUMMARY_LINES - 1 && summary.size() > MOST_SUMMARY_LINES;
      lines.add(INDENT + style("2", "│ ") + style("3", summary.get(i) + (cut ? " …" : "")));
    }
    return lines;
  }

  /// A long stream is drawn a piece at a time, so that its bars keep a length that says something.
  private static long sectionMs(StreamTimeline timeline) {
    if (timeline.durationMs() <= 100_000) {
      return Math.max(1, timeline.durationMs());
    }
    for (long minutes : new long[] {1, 5, 15, 60}) {
      if (timeline.durationMs() <= minutes * 60_000 * MOST_SECTIONS) {
        return minutes * 60_000;
      }
    }
    return Math.ceilDiv(timeline.durationMs(), MOST_SECTIONS);
  }

  private List<String> scale(TimeAxis axis, int bar) {
    StringBuilder labels = new StringBuilder(" ".repeat(bar + 8));
    StringBuilder line = new StringBuilder("─".repeat(bar));
    for (long tick : axis.ticks(9)) {
      int column = Math.min(bar - 1, (int) axis.at(tick));
      String label = ClockTime.coarse(tick);
      if (column + label.length() <= bar + 2) {
        labels.replace(column, column + label.length(), label);
      }
      line.setCharAt(column, column == 0 ? '├' : '┼');
    }
    return List.of(
        INDENT + style("2", labels.toString().stripTrailing()),
        INDENT + style("2", line.toString()));
  }

  private List<String> reported(Reported event, TimeAxis axis, int bar, int words, int place) {
    List<String> wrapped = wrap(event.description(), words);
    List<String> lines = new ArrayList<>();
    String times =
        "%s – %s ±%s"
            .formatted(
                ClockTime.precise(event.startMs()),
                event.open() ? "…" : ClockTime.precise(event.endMs()),
                tolerance(event.toleranceMs()));
    boolean invented = event.check().filter(Invented.class::isInstance).isPresent();
    lines.add(
        INDENT
            + style(
                Hue.of(event.description(), place).code,
                solid(axis.at(event.startMs()), axis.at(event.endMs()), bar))
            + "  "
            + pad(times, TIMES)
            + "  "
            + (wrapped.isEmpty() ? "" : wrapped.getFirst())
            + (invented ? style("31", " ✗") : ""));
    String under = " ".repeat(bar);
    String note = "";
    if (event.check().isPresent()) {
      switch (event.check().get()) {
        case True truth -> {
          under = thin(axis.at(truth.startMs()), axis.at(truth.endMs()), bar);
          note =
              String.format(
                  Locale.ROOT,
                  "%s – %s IoU %.2f",
                  ClockTime.precise(truth.startMs()),
                  ClockTime.precise(truth.endMs()),
                  truth.iou());
        }
        case Invented none -> note = "no such true event";
      }
    }
    int more = 1;
    if (!note.isEmpty()) {
      String rest = wrapped.size() > 1 ? wrapped.get(1) : "";
      more = 2;
      lines.add(
          (INDENT + style("2", under + "  " + pad(note, TIMES)) + "  " + rest).stripTrailing());
    }
    for (String rest : wrapped.stream().skip(more).toList()) {
      lines.add(INDENT + " ".repeat(bar + 2 + TIMES + 2) + rest);
    }
    return lines;
  }

  private List<String> missed(Missed event, TimeAxis axis, int bar, int words) {
    return noted(event, style("33", pad(span(event) + " missed", TIMES)), '╌', axis, bar, words);
  }

  private List<String> unseen(Unseen gap, TimeAxis axis, int bar, int words) {
    return noted(gap, style("2", pad(span(gap), TIMES)), '░', axis, bar, words);
  }

  private static String span(Row row) {
    return "%s – %s".formatted(ClockTime.precise(row.startMs()), ClockTime.precise(row.endMs()));
  }

  private List<String> noted(Row row, String note, char stroke, TimeAxis axis, int bar, int words) {
    String line = stroke(stroke, axis.at(row.startMs()), axis.at(row.endMs()), bar);
    List<String> lines = new ArrayList<>();
    for (String part : wrap(row.description(), words)) {
      lines.add(
          lines.isEmpty()
              ? INDENT + style("2", line) + "  " + note + "  " + style("2", part)
              : INDENT + " ".repeat(bar + 2 + TIMES + 2) + style("2", part));
    }
    return lines;
  }

  private static String tolerance(long millis) {
    return String.format(Locale.ROOT, "%.2f", millis / 1000.0);
  }

  /// A bar from `from` to `to` cells, to an eighth of a cell at its end and half a cell at its
  /// start; never nothing.
  private static String solid(double from, double to, int cells) {
    StringBuilder bar = new StringBuilder(" ".repeat(cells));
    int first = (int) Math.min(cells - 1, Math.floor(from));
    int last = (int) Math.min(cells, Math.floor(to));
    for (int i = first; i < last; i++) {
      bar.setCharAt(i, '█');
    }
    if (last < cells) {
      int eighths = (int) Math.round((to - last) * 8);
      if (eighths >= 8) {
        bar.setCharAt(last, '█');
      } else if (eighths > 0) {
        bar.setCharAt(last, PARTS.charAt(eighths));
      }
    }
    if (from - first >= 0.5 && last > first) {
      bar.setCharAt(first, '▐');
    }
    if (bar.toString().isBlank()) {
      bar.setCharAt(first, '▏');
    }
    return bar.toString();
  }

  private static String thin(double from, double to, int cells) {
    return stroke('╌', from, to, cells);
  }

  private static String stroke(char stroke, double from, double to, int cells) {
    StringBuilder line = new StringBuilder(" ".repeat(cells));
    int first = (int) Math.min(cells - 1, Math.round(from));
    int last = (int) Math.max(first + 1, Math.min(cells, Math.round(to)));
    for (int i = first; i < last; i++) {
      line.setCharAt(i, stroke);
    }
    return line.toString();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  /// Breaks between words; a word that is too long stands alone.
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      if (!line.isEmpty()) {
        line.append(' ');
      }
      line.append(word);
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  private String style(String code, String text) {
    return terminal.colour() && !text.isBlank() ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
