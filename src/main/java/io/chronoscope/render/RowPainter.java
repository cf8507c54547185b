package io.chronoscope.render;

import io.chronoscope.render.StreamTimeline.Invented;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.Row;
import io.chronoscope.render.StreamTimeline.TrueSpan;
import io.chronoscope.render.StreamTimeline.Unseen;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.RoundRectangle2D;
import java.util.Locale;

/// Draws one row of a timeline in a picture: the bar on the axis, and next to it the description
/// above the times.
///
/// @param axis of the whole stream, in pixels
/// @param axisLeft x of the axis's start
/// @param textLeft x of the descriptions
/// @param textWidth in pixels; longer descriptions are shortened
record RowPainter(Graphics2D g, TimeAxis axis, int axisLeft, int textLeft, int textWidth) {

  private static final Color WRONG = new Color(0xE5484D);
  private static final Color MISSING = new Color(0xE2B714);
  private static final BasicStroke OUTLINE = new BasicStroke(1.4f);

  /// @param position of the row in the list; it chooses the color where the description names none
  /// @param top y of the row's upper edge
  void paint(Row row, int position, int top) {
    switch (row) {
      case Reported event -> reported(event, position, top);
      case Missed event -> missed(event, top);
      case Unseen gap -> unseen(gap, top);
    }
  }

  /// Says what the bars of reported and of true events look like.
  ///
  /// @param left x of its left edge
  /// @param top y of a line of text as high as a title
  static void legend(Graphics2D g, int left, int top) {
    g.setFont(TimelinePicture.plain(12));
    g.setColor(TimelinePicture.DIM);
    g.fill(new RoundRectangle2D.Double(left, top + 3, 26, 12, 6, 6));
    g.drawString("reported", left + 34, top + 14);
    g.setColor(TimelinePicture.BRIGHT);
    g.setStroke(OUTLINE);
    g.draw(new RoundRectangle2D.Double(left + 104, top + 7, 26, 5, 6, 6));
    g.setColor(TimelinePicture.DIM);
    g.drawString("true", left + 138, top + 14);
  }

  private void reported(Reported event, int position, int top) {
    g.setColor(new Color(Hue.of(event.description(), position).rgb));
    g.fill(bar(event.startMs(), event.endMs(), top + 3, 14));
    description(event, TimelinePicture.BRIGHT, top);
    String times =
        String.format(
            Locale.ROOT,
            "%s – %s ±%.2f",
            ClockTime.precise(event.startMs()),
            event.open() ? "…" : ClockTime.precise(event.endMs()),
            event.toleranceMs() / 1000.0);
    times(times, TimelinePicture.DIM, top);
    int after = textLeft + g.getFontMetrics().stringWidth(times) + 14;
    if (event.check().isPresent()) {
      switch (event.check().get()) {
        case TrueSpan truth -> {
          g.setColor(TimelinePicture.BRIGHT);
          g.setStroke(OUTLINE);
          g.draw(bar(truth.startMs(), truth.endMs(), top + 20, 5));
          g.drawString(String.format(Locale.ROOT, "IoU %.2f", truth.iou()), after, top + 27);
        }
        case Invented none -> {
          g.setColor(WRONG);
          g.drawString("no such true event", after, top + 27);
        }
      }
    }
  }

  private void missed(Missed event, int top) {
    g.setColor(MISSING);
    g.setStroke(OUTLINE);
    g.draw(bar(event.startMs(), event.endMs(), top + 20, 5));
    description(event, TimelinePicture.DIM, top);
    times(span(event) + " missed", MISSING, top);
  }

  private void unseen(Unseen gap, int top) {
    g.setColor(TimelinePicture.FAINT);
    g.fill(bar(gap.startMs(), gap.endMs(), top + 3, 14));
    description(gap, TimelinePicture.DIM, top);
    times(span(gap), TimelinePicture.DIM, top);
  }

  private void description(Row row, Color color, int top) {
    g.setFont(TimelinePicture.plain(14));
    g.setColor(color);
    g.drawString(shortened(row.description()), textLeft, top + 12);
  }

  private void times(String times, Color color, int top) {
    g.setFont(TimelinePicture.plain(12));
    g.setColor(color);
    g.drawString(times, textLeft, top + 27);
  }

  private static String span(Row row) {
    return "%s – %s".formatted(ClockTime.precise(row.startMs()), ClockTime.precise(row.endMs()));
  }

  private RoundRectangle2D bar(long startMs, long endMs, int top, int height) {
    double from = axis.at(startMs);
    double to = Math.max(from + 3, axis.at(endMs));
    return new RoundRectangle2D.Double(axisLeft + from, top, to - from, height, 5, 5);
  }

  private String shortened(String text) {
    if (g.getFontMetrics().stringWidth(text) <= textWidth) {
      return text;
    }
    String cut = text;
    while (!cut.isEmpty() && g.getFontMetrics().stringWidth(cut + "…") > textWidth) {
      cut = cut.substring(0, cut.length() - 1);
    }
    return cut.stripTrailing() + "…";
  }
}
