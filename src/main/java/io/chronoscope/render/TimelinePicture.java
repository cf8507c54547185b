package io.chronoscope.render;

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

/// Draws timelines as a picture: for each stream a strip of its frames, an axis, and for each event
/// a bar with its times and description. An outline under the bar marks the true span.
public final class TimelinePicture {

  /// Provides frames of a stream.
  @FunctionalInterface
  public interface Thumbnails {
    /// @param millis from the stream's start
    /// @return in the order of the times; may be fewer, or none
    List<BufferedImage> at(String stream, List<Long> millis);
  }

  private static final int WIDTH = 1080;
  private static final int MARGIN = 28;
  private static final int AXIS_LEFT = MARGIN;
  private static final int AXIS_WIDTH = 620;
  private static final int TEXT_LEFT = AXIS_LEFT + AXIS_WIDTH + 24;
  private static final int TITLE = 30;
  private static final int STRIP = 66;
  private static final int SCALE = 24;
  private static final int ROW = 34;
  private static final int GAP = 26;
  private static final int MAX_ROWS = 12;

  private static final Color PANEL = new Color(0x171E2B);
  static final Color BRIGHT = new Color(0xE8ECF4);
  static final Color DIM = new Color(0x8792A6);
  static final Color FAINT = new Color(0x2B3547);

  public BufferedImage draw(List<StreamTimeline> timelines, Thumbnails thumbnails) {
    int height = MARGIN;
    for (StreamTimeline timeline : timelines) {
      height += heightOf(timeline) + GAP;
    }
    return PictureCanvas.draw(
        WIDTH,
        height,
        g -> {
          g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
          g.setRenderingHint(
              RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
          int top = MARGIN;
          for (StreamTimeline timeline : timelines) {
            panel(g, timeline, top, thumbnails);
            top += heightOf(timeline) + GAP;
          }
        });
  }

  private static int shownRows(StreamTimeline timeline) {
    return Math.min(MAX_ROWS, timeline.rows().size());
  }

  private static int heightOf(StreamTimeline timeline) {
    boolean more = timeline.rows().size() > MAX_ROWS;
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
    if (timeline.rows().stream().anyMatch(TimelinePicture::isCompared)) {
      RowPainter.legend(g, TEXT_LEFT, top);
    }
    strip(g, timeline, top + TITLE - 4, thumbnails);
    TimeAxis axis = new TimeAxis(timeline.durationMs(), AXIS_WIDTH);
    int rowsTop = top + TITLE + STRIP + SCALE;
    scale(g, axis, top + TITLE + STRIP, ROW * Math.max(1, shownRows(timeline)));
    if (timeline.rows().isEmpty()) {
      g.setFont(plain(14));
      g.setColor(DIM);
      g.drawString("no events", TEXT_LEFT, rowsTop + 18);
    }
    RowPainter painter = new RowPainter(g, axis, AXIS_LEFT, TEXT_LEFT, WIDTH - MARGIN - TEXT_LEFT);
    for (int i = 0; i < shownRows(timeline); i++) {
      painter.paint(timeline.rows().get(i), i, rowsTop + i * ROW);
    }
    int left = timeline.rows().size() - shownRows(timeline);
    if (left > 0) {
      g.setFont(plain(13));
      g.setColor(DIM);
      g.drawString("… and " + left + " more", TEXT_LEFT, rowsTop + shownRows(timeline) * ROW + 16);
    }
  }

  private static boolean isCompared(StreamTimeline.Row row) {
    return switch (row) {
      case StreamTimeline.Reported reported -> reported.check().isPresent();
      case StreamTimeline.Missed _ -> true;
      case StreamTimeline.Unseen _ -> false;
    };
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
      // Scaled to fill the cell, with what exceeds it cropped on both sides; a frame that is higher
      // than wide would lose too much, so it is shown whole.
      double wide = cell - 4;
      double byWidth = wide / frame.getWidth();
      double byHeight = (double) height / frame.getHeight();
      double scale =
          frame.getHeight() > frame.getWidth()
              ? Math.min(byWidth, byHeight)
              : Math.max(byWidth, byHeight);
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

  static Font plain(int size) {
    return new Font(Font.SANS_SERIF, Font.PLAIN, size);
  }

  private static Font bold(int size) {
    return new Font(Font.SANS_SERIF, Font.BOLD, size);
  }
}
