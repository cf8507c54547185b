package io.chronoscope.render;

import io.chronoscope.domain.PrintableText;
import io.chronoscope.render.StreamTimeline.Invented;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.Row;
import io.chronoscope.render.StreamTimeline.TrueSpan;
import io.chronoscope.render.StreamTimeline.Unseen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Draws a timeline with characters: an axis, then for each event a bar, its times and description.
/// A thin line under the bar marks the true span, shading marks gaps.
public final class TimelineText {

  private static final String INDENT = "  ";
  // The line with the true span is slightly longer than the event's own.
  private static final int TIMES = "00:00.00 – 00:00.00 IoU 0.00".length();
  private static final char TRUE_SPAN = '╌';
  private static final char GAP = '░';

  /// The record holds the full summary; the drawing shows its beginning.
  private static final int MAX_SUMMARY_LINES = 4;

  private static final int MAX_SECTIONS = 12;
  private static final long ONE_SECTION_MS = 100_000;

  private final Terminal terminal;

  public TimelineText(Terminal terminal) {
    this.terminal = terminal;
  }

  /// @return lines without line terminators
  public List<String> draw(StreamTimeline timeline) {
    List<String> lines = new ArrayList<>();
    String caption = timeline.caption().isEmpty() ? "" : "  " + timeline.caption();
    lines.add(
        style("1", timeline.name())
            + style("2", "  " + ClockTime.coarse(timeline.durationMs()) + caption));
    if (!timeline.hasEvents()) {
      lines.add(
          INDENT
              + style(
                  "2",
                  timeline.rows().isEmpty() ? "no events" : "no events in the analyzed parts"));
    }
    lines.addAll(sections(timeline));
    List<String> summary =
        TextWidth.wrap(timeline.summary(), terminal.columns() - INDENT.length() - 4);
    for (int i = 0; i < Math.min(MAX_SUMMARY_LINES, summary.size()); i++) {
      boolean cut = i == MAX_SUMMARY_LINES - 1 && summary.size() > MAX_SUMMARY_LINES;
      lines.add(INDENT + style("2", "│ ") + style("3", summary.get(i) + (cut ? " …" : "")));
    }
    return lines;
  }

  /// Draws the rows. A long stream is divided into sections, each with an axis of its own, so that
  /// bars do not become too short to compare; sections without rows are omitted.
  private List<String> sections(StreamTimeline timeline) {
    List<Row> rows = timeline.rows();
    int longest = rows.stream().mapToInt(row -> TextWidth.of(row.description())).max().orElse(0);
    int free = terminal.columns() - INDENT.length() - TIMES - 4;
    int words = Math.clamp(longest, 8, Math.max(16, free / 2));
    int bar = Math.max(12, free - words);
    long sectionMs = sectionMs(timeline);
    List<String> lines = new ArrayList<>();
    int next = 0;
    for (long start = 0; next < rows.size(); start += sectionMs) {
      long left = timeline.durationMs() - start;
      long end = left <= sectionMs ? Long.MAX_VALUE : start + sectionMs;
      if (rows.get(next).startMs() >= end) {
        continue;
      }
      TimeAxis axis = new TimeAxis(start, Math.min(left, sectionMs), bar);
      lines.addAll(scale(axis, bar));
      while (next < rows.size() && rows.get(next).startMs() < end) {
        lines.addAll(
            switch (rows.get(next)) {
              case Reported reported -> reported(reported, axis, bar, words, next);
              case Missed missed -> missed(missed, axis, bar, words);
              case Unseen unseen -> unseen(unseen, axis, bar, words);
            });
        next++;
      }
    }
    return lines;
  }

  private static long sectionMs(StreamTimeline timeline) {
    if (timeline.durationMs() <= ONE_SECTION_MS) {
      return Math.max(1, timeline.durationMs());
    }
    for (long minutes : new long[] {1, 5, 15, 60}) {
      if (timeline.durationMs() <= minutes * 60_000 * MAX_SECTIONS) {
        return minutes * 60_000;
      }
    }
    return Math.ceilDiv(timeline.durationMs(), MAX_SECTIONS);
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

  private List<String> reported(Reported event, TimeAxis axis, int bar, int words, int position) {
    List<String> description = TextWidth.wrap(event.description(), words);
    List<String> lines = new ArrayList<>();
    String times =
        String.format(
            Locale.ROOT,
            "%s – %s ±%.2f",
            ClockTime.precise(event.startMs()),
            event.open() ? "…" : ClockTime.precise(event.endMs()),
            event.toleranceMs() / 1000.0);
    boolean invented = event.check().filter(Invented.class::isInstance).isPresent();
    lines.add(
        INDENT
            + style(
                Hue.of(event.description(), position).code,
                TextBar.solid(axis.at(event.startMs()), axis.at(event.endMs()), bar))
            + "  "
            + pad(times, TIMES)
            + "  "
            + (description.isEmpty() ? "" : description.getFirst())
            + (invented ? style("31", " ✗") : ""));
    String under = " ".repeat(bar);
    String note = "";
    if (event.check().isPresent()) {
      switch (event.check().get()) {
        case TrueSpan truth -> {
          under = TextBar.line(TRUE_SPAN, axis.at(truth.startMs()), axis.at(truth.endMs()), bar);
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
    int drawn = 1;
    if (!note.isEmpty()) {
      String second = description.size() > 1 ? description.get(1) : "";
      drawn = 2;
      lines.add(
          (INDENT + style("2", under + "  " + pad(note, TIMES)) + "  " + second).stripTrailing());
    }
    for (String line : description.stream().skip(drawn).toList()) {
      lines.add(INDENT + " ".repeat(bar + 2 + TIMES + 2) + line);
    }
    return lines;
  }

  private List<String> missed(Missed event, TimeAxis axis, int bar, int words) {
    return dimmed(
        event, style("33", pad(span(event) + " missed", TIMES)), TRUE_SPAN, axis, bar, words);
  }

  private List<String> unseen(Unseen gap, TimeAxis axis, int bar, int words) {
    return dimmed(gap, style("2", pad(span(gap), TIMES)), GAP, axis, bar, words);
  }

  private static String span(Row row) {
    return "%s – %s".formatted(ClockTime.precise(row.startMs()), ClockTime.precise(row.endMs()));
  }

  private List<String> dimmed(
      Row row, String times, char character, TimeAxis axis, int bar, int words) {
    String line = TextBar.line(character, axis.at(row.startMs()), axis.at(row.endMs()), bar);
    List<String> lines = new ArrayList<>();
    for (String part : TextWidth.wrap(row.description(), words)) {
      lines.add(
          lines.isEmpty()
              ? INDENT + style("2", line) + "  " + times + "  " + style("2", part)
              : INDENT + " ".repeat(bar + 2 + TIMES + 2) + style("2", part));
    }
    return lines;
  }

  private static String pad(String text, int width) {
    return TextWidth.pad(text, width);
  }

  private String style(String code, String text) {
    String printable = PrintableText.of(text);
    return terminal.color() && !text.isBlank()
        ? "\033[" + code + "m" + printable + "\033[0m"
        : printable;
  }
}
