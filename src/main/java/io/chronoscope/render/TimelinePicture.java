package io.chronoscope.render;

import io.chronoscope.render.StreamTimeline.Invented;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.Row;
import io.chronoscope.render.StreamTimeline.True;
import io.chronoscope.render.StreamTimeline.Unseen;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Draws timelines as a picture: for each stream a strip of its frames, an axis, and a bar for each
/// event with its times and what happened; the true span is an outline under the bar.
public final class TimelinePicture {

  /// Frames of a stream at the given times (milliseconds from its start), in their order; may be
  /// fewer or none.
  @FunctionalInterface
  public interface Thumbnails {
    List<BufferedImage> at(String stream, List<Long> millis);
  }

  private static final int WIDTH = 1080;
  private static final int MARGIN = 28;
  private static final int AXIS_LEFT = MARGIN;
  private static final int AXIS_WIDTH = 620;
  private static final int WORDS_LEFT = AXIS_LEFT + AXIS_WIDTH + 24;
  private static final int TITLE = 30;
  private static final int STRIP = 66;
  private static final int SCALE = 24;
  private static final int ROW = 34;
  private static final int GAP = 26;
  private static final int MOST_ROWS = 12;

  // Drawn at twice the size: pictures are looked at on dense screens.
  private static final int DENSITY = 2;

  private static final Color BACKGROUND = new Color(0x0F141E);
  private static final Color PANEL = new Color(0x171E2B);
  private static final Color BRIGHT = new Color(0xE8ECF4);
  private static final Color DIM = new Color(0x8792A6);
  private static final Color FAINT = new Color(0x2B3547);
  private static final Color WRONG = new Color(0xE5484D);
  private static final Color LACKING = new Color(0xE2B714);

  public BufferedImage draw(List<StreamTimeline> timelines, Thumbnails thumbnails) {
    int height = MARGIN;
    for (StreamTimeline timeline : timelines) {
      height += heightOf(timeline) + GAP;
    }
    BufferedImage image =
        new BufferedImage(WIDTH * DENSITY, height * DENSITY, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.scale(DENSITY, DENSITY);
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      g.setColor(BACKGROUND);
      g.fillRect(0, 0, WIDTH, height);
      int top = MARGIN;
      for (StreamTimeline timeline : timelines) {
        panel(g, timeline, top, thumbnails);
        top += heightOf(timeline) + GAP;
      }
    } finally {
      g.dispose();
    }
    return image;
  }

  private static int shownRows(StreamTimeline timeline) {
    return Math.min(MOST_ROWS, timeline.rows().size());
  }

  private static int heightOf(StreamTimeline timeline) {
    boolean more = timeline.rows().size() > MOST_ROWS;
    return TITLE + STRIP + SCALE + ROW * Math.max(1, shownRows(timeline) + (more ? 1 : 0)) + 8;
  }

  private static void panel(Graphics2D g, StreamTimeline timeline, int top, Thumbnails thumbnails) {
    g.setColor(PANEL);
    g.fill(
        new RoundRectangle2D.Double(
            MARGIN / 2.0, top - 10, WIDTH - MARGIN, heightOf(timeline) + 14, 14, 14));
    g.setFont(bold(17));
    g.setColor(BRIGHT);
    g.drawString(timeline.name(), AXIS_LEFT, top + 14);
    int after = AXIS_LEFT + g.getFontMetrics().stringWidth(timeline.name()) + 12;
    g.setFont(plain(13));
    g.setColor(DIM);
    g.drawString(
        ClockTime.coarse(timeline.durationMs()) + "   " + timeline.caption(), after, top + 14);
    strip(g, timeline, top + TITLE - 4, thumbnails);
    TimeAxis axis = new TimeAxis(timeline.durationMs(), AXIS_WIDTH);
    int rowsTop = top + TITLE + STRIP + SCALE;
    scale(g, axis, top + TITLE + STRIP, ROW * Math.max(1, shownRows(timeline)));
    if (timeline.rows().isEmpty()) {
      g.setFont(plain(14));
      g.setColor(DIM);
      g.drawString("nothing happened", WORDS_LEFT, rowsTop + 18);
    }
    for (int i = 0; i < shownRows(timeline); i++) {
      row(g, timeline.rows().get(i), i, axis, rowsTop + i * ROW);
    }
    int left = timeline.rows().size() - shownRows(timeline);
    if (left > 0) {
      g.setFont(plain(13));
      g.setColor(DIM);
      g.drawString("… and " + left + " more", WORDS_LEFT, rowsTop + shownRows(timeline) * ROW + 16);
    }
  }

  private static void strip(Graphics2D g, StreamTimeline timeline, int top, Thumbnails thumbnails) {
    int count = 7;
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      times.add(timeline.durationMs() * (2L * i + 1) / (2L * count));
    }
    List<BufferedImage> frames = thumbnails.at(timeline.name(), times);
    double cell = (double) AXIS_WIDTH / count;
    int height = STRIP - 10;
    for (int i = 0; i < Math.min(count, frames.size()); i++) {
      BufferedImage frame = frames.get(i);
      // Filled to the cell, the middle of the frame kept.
      double wide = cell - 4;
      double scale = Math.max(wide / frame.getWidth(), (double) height / frame.getHeight());
      double w = frame.getWidth() * scale;
      double h = frame.getHeight() * scale;
      double x = AXIS_LEFT + i * cell + 2;
      Graphics2D cut = (Graphics2D) g.create();
      cut.clip(new RoundRectangle2D.Double(x, top, wide, height, 6, 6));
      cut.translate(x + (wide - w) / 2, top + (height - h) / 2);
      cut.scale(scale, scale);
      cut.drawImage(frame, 0, 0, null);
      cut.dispose();
    }
  }

  private static void scale(Graphics2D g, TimeAxis axis, int top, int rowsHeight) {
    g.setFont(plain(11));
    FontMetrics metrics = g.getFontMetrics();
    for (long tick : axis.ticks(70)) {
      double x = AXIS_LEFT + axis.at(tick);
      g.setColor(FAINT);
      g.setStroke(new BasicStroke(1));
      g.draw(new Line2D.Double(x, top + 16, x, top + SCALE + rowsHeight));
      g.setColor(DIM);
      String label = ClockTime.coarse(tick);
      float left = (float) Math.min(x, AXIS_LEFT + AXIS_WIDTH - metrics.stringWidth(label));
      g.drawString(label, left, top + 12);
    }
  }

  private static void row(Graphics2D g, Row row, int place, TimeAxis axis, int top) {
    switch (row) {
      case Reported event -> {
        Color colour = new Color(Hue.of(event.description(), place).rgb);
        g.setColor(colour);
        g.fill(bar(axis, event.startMs(), event.endMs(), top + 3, 14));
        g.setFont(plain(14));
        g.setColor(BRIGHT);
        g.drawString(fitted(g, event.description()), WORDS_LEFT, top + 12);
        String times =
            String.format(
                Locale.ROOT,
                "%s – %s ±%.2f",
                ClockTime.precise(event.startMs()),
                event.open() ? "…" : ClockTime.precise(event.endMs()),
                event.toleranceMs() / 1000.0);
        g.setFont(plain(12));
        g.setColor(DIM);
        g.drawString(times, WORDS_LEFT, top + 27);
        int after = WORDS_LEFT + g.getFontMetrics().stringWidth(times) + 14;
        if (event.check().isPresent()) {
          switch (event.check().get()) {
            case True truth -> {
              g.setColor(BRIGHT);
              g.setStroke(new BasicStroke(1.4f));
              g.draw(bar(axis, truth.startMs(), truth.endMs(), top + 20, 5));
              g.drawString(String.format(Locale.ROOT, "IoU %.2f", truth.iou()), after, top + 27);
            }
            case Invented none -> {
              g.setColor(WRONG);
              g.drawString("no such true event", after, top + 27);
            }
          }
        }
      }
      case Missed event -> {
        g.setColor(LACKING);
        g.setStroke(new BasicStroke(1.4f));
        g.draw(bar(axis, event.startMs(), event.endMs(), top + 20, 5));
        g.setFont(plain(14));
        g.setColor(DIM);
        g.drawString(fitted(g, event.description()), WORDS_LEFT, top + 12);
        g.setFont(plain(12));
        g.setColor(LACKING);
        g.drawString(
            "%s – %s missed"
                .formatted(ClockTime.precise(event.startMs()), ClockTime.precise(event.endMs())),
            WORDS_LEFT,
            top + 27);
      }
      case Unseen gap -> {
        g.setColor(FAINT);
        g.fill(bar(axis, gap.startMs(), gap.endMs(), top + 3, 14));
        g.setFont(plain(14));
        g.setColor(DIM);
        g.drawString(fitted(g, gap.description()), WORDS_LEFT, top + 12);
        g.setFont(plain(12));
        g.drawString(
            "%s – %s".formatted(ClockTime.precise(gap.startMs()), ClockTime.precise(gap.endMs())),
            WORDS_LEFT,
            top + 27);
      }
    }
  }

  private static RoundRectangle2D bar(
      TimeAxis axis, long startMs, long endMs, int top, int height) {
    double from = axis.at(startMs);
    double to = Math.max(from + 3, axis.at(endMs));
    return new RoundRectangle2D.Double(AXIS_LEFT + from, top, to - from, height, 5, 5);
  }

  private static String fitted(Graphics2D g, String text) {
    int room = WIDTH - MARGIN - WORDS_LEFT;
    FontMetrics metrics = g.getFontMetrics();
    if (metrics.stringWidth(text) <= room) {
      return text;
    }
    String cut = text;
    while (!cut.isEmpty() && metrics.stringWidth(cut + "…") > room) {
      cut = cut.substring(0, cut.length() - 1);
    }
    return cut.stripTrailing() + "…";
  }

  private static Font plain(int size) {
    return new Font(Font.SANS_SERIF, Font.PLAIN, size);
  }

  private static Font bold(int size) {
    return new Font(Font.SANS_SERIF, Font.BOLD, size);
  }
}
