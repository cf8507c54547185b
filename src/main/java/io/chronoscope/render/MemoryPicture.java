package io.chronoscope.render;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Draws memory over time: above who holds it, below how far its size is from a straight line's
/// start, with the line.
public final class MemoryPicture {

  private static final int WIDTH = 1080;
  private static final int HEIGHT = 660;
  private static final int LEFT = 84;
  private static final int RIGHT = 190;
  private static final int TOP = 94;
  private static final int PARTS_HEIGHT = 300;
  private static final int GROWTH_TOP = TOP + PARTS_HEIGHT + 74;
  private static final int GROWTH_HEIGHT = 130;
  private static final int PLOT_WIDTH = WIDTH - LEFT - RIGHT;
  private static final double MIB = 1 << 20;
  private static final Color SIZE = new Color(Hue.BLUE.rgb);
  private static final Color LINE = new Color(Hue.YELLOW.rgb);
  private static final List<Hue> PARTS =
      List.of(
          Hue.BLUE,
          Hue.TEAL,
          Hue.GREEN,
          Hue.YELLOW,
          Hue.ORANGE,
          Hue.PINK,
          Hue.RED,
          Hue.PURPLE,
          Hue.GREY);

  private static final BasicStroke DASHES =
      new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 5}, 0);

  private MemoryPicture() {}

  /// Memory of one holder over time.
  ///
  /// @param bytes as many as there are times
  public record Part(String name, List<Long> bytes) {

    public Part {
      bytes = List.copyOf(bytes);
    }
  }

  /// A straight line through the sizes of the parts together.
  ///
  /// @param fromMs where it begins
  /// @param startBytes its value there
  /// @param percentPerHour its slope, as a share of `startBytes`
  /// @param limitPercentPerHour the slope that is allowed; drawn beside it
  public record Line(
      long fromMs, double startBytes, double percentPerHour, double limitPercentPerHour) {}

  /// @param timesMs in ascending order, at least one
  /// @param parts stacked from the bottom up; at most nine
  /// @param line through the sum of the parts
  public static BufferedImage draw(
      String title, String subtitle, List<Long> timesMs, List<Part> parts, Line line) {
    TimeAxis axis = new TimeAxis(timesMs.getLast(), PLOT_WIDTH);
    return PictureCanvas.draw(
        WIDTH,
        HEIGHT,
        g -> {
          g.setFont(TimelinePicture.plain(18));
          g.setColor(TimelinePicture.BRIGHT);
          g.drawString(title, 28, 32);
          g.setFont(TimelinePicture.plain(13));
          g.setColor(TimelinePicture.DIM);
          g.drawString(subtitle, 28, 52);
          drawParts(g, axis, timesMs, parts);
          drawGrowth(g, axis, timesMs, sums(timesMs.size(), parts), line);
        });
  }

  private static List<Double> sums(int count, List<Part> parts) {
    return IntStream.range(0, count)
        .mapToObj(i -> parts.stream().mapToDouble(part -> part.bytes.get(i)).sum())
        .toList();
  }

  private static void drawParts(Graphics2D g, TimeAxis axis, List<Long> times, List<Part> parts) {
    double highest =
        sums(times.size(), parts).stream().mapToDouble(sum -> sum / MIB).max().orElse(1);
    double step = highest < 500 ? 100 : highest < 1250 ? 250 : highest < 5000 ? 1000 : 5000;
    double scale = PARTS_HEIGHT / (Math.max(1, Math.ceil(highest / step)) * step);
    int bottom = TOP + PARTS_HEIGHT;
    double[] base = new double[times.size()];
    int label = bottom - 4;
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      Path2D area = new Path2D.Double();
      area.moveTo(LEFT + axis.at(times.getFirst()), bottom - base[0] * scale);
      for (int i = 1; i < times.size(); i++) {
        area.lineTo(LEFT + axis.at(times.get(i)), bottom - base[i] * scale);
      }
      for (int i = times.size() - 1; i >= 0; i--) {
        base[i] += part.bytes.get(i) / MIB;
        area.lineTo(LEFT + axis.at(times.get(i)), bottom - base[i] * scale);
      }
      area.closePath();
      g.setColor(new Color(PARTS.get(p).rgb));
      g.fill(area);
      g.fillRect(WIDTH - RIGHT + 14, label - 9, 10, 10);
      g.setFont(TimelinePicture.plain(13));
      g.setColor(TimelinePicture.BRIGHT);
      g.drawString(
          String.format(Locale.ROOT, "%s %.0f", part.name, part.bytes.getLast() / MIB),
          WIDTH - RIGHT + 30,
          label);
      label -= 20;
    }
    g.setFont(TimelinePicture.plain(12));
    for (double value = 0; value * scale <= PARTS_HEIGHT + 0.5; value += step) {
      horizontal(g, bottom - value * scale, String.format(Locale.ROOT, "%.0f", value));
    }
    g.drawString("MiB resident, by holder", LEFT - 56, TOP - 10);
    drawTimes(g, axis, bottom);
  }

  private static void drawGrowth(
      Graphics2D g, TimeAxis axis, List<Long> times, List<Double> sizes, Line line) {
    double hours = (times.getLast() - line.fromMs) / 3_600_000.0;
    double farthest = Math.max(line.limitPercentPerHour, Math.abs(line.percentPerHour)) * hours;
    for (int i = 0; i < times.size(); i++) {
      if (times.get(i) >= line.fromMs) {
        farthest = Math.max(farthest, Math.abs(percent(sizes.get(i), line)));
      }
    }
    double step = farthest <= 2 ? 1 : farthest <= 5 ? 2 : farthest <= 20 ? 5 : farthest / 3;
    double range = Math.ceil(farthest / step) * step;
    double scale = GROWTH_HEIGHT / 2.0 / range;
    double middle = GROWTH_TOP + GROWTH_HEIGHT / 2.0;
    g.setFont(TimelinePicture.plain(12));
    g.setStroke(new BasicStroke(1));
    for (double value = -range; value <= range + 1e-9; value += step) {
      horizontal(
          g,
          middle - value * scale,
          value == 0 ? "0 %" : String.format(Locale.ROOT, "%+.0f %%", value));
    }
    g.drawString("resident, from the line's start", LEFT - 56, GROWTH_TOP - 10);
    drawTimes(g, axis, GROWTH_TOP + GROWTH_HEIGHT);

    g.setColor(SIZE);
    g.setStroke(new BasicStroke(2));
    Path2D path = new Path2D.Double();
    for (int i = 0; i < times.size(); i++) {
      double x = LEFT + axis.at(times.get(i));
      double y = middle - Math.clamp(percent(sizes.get(i), line), -range, range) * scale;
      if (path.getCurrentPoint() == null) {
        path.moveTo(x, y);
      } else {
        path.lineTo(x, y);
      }
    }
    g.draw(path);

    double from = LEFT + axis.at(line.fromMs);
    double to = LEFT + axis.at(times.getLast());
    g.setColor(LINE);
    g.draw(new Line2D.Double(from, middle, to, middle - line.percentPerHour * hours * scale));
    g.setStroke(DASHES);
    g.draw(new Line2D.Double(from, middle, to, middle - line.limitPercentPerHour * hours * scale));
    g.setFont(TimelinePicture.plain(13));
    label(g, 0, String.format(Locale.ROOT, "slope %+.2f %%/h", line.percentPerHour));
    label(g, 1, String.format(Locale.ROOT, "limit %+.2f %%/h", line.limitPercentPerHour));
  }

  private static void label(Graphics2D g, int number, String text) {
    g.drawString(text, WIDTH - RIGHT + 14, GROWTH_TOP + 14 + 20 * number);
  }

  private static double percent(double bytes, Line line) {
    return 100 * (bytes / line.startBytes - 1);
  }

  private static void horizontal(Graphics2D g, double y, String name) {
    g.setColor(TimelinePicture.FAINT);
    g.draw(new Line2D.Double(LEFT, y, LEFT + PLOT_WIDTH, y));
    g.setColor(TimelinePicture.DIM);
    g.drawString(name, LEFT - 44, (float) y + 4);
  }

  private static void drawTimes(Graphics2D g, TimeAxis axis, int bottom) {
    g.setColor(TimelinePicture.DIM);
    for (long tick : axis.ticks(70)) {
      g.drawString(ClockTime.coarse(tick), (float) (LEFT + axis.at(tick)) - 14, bottom + 18);
    }
  }
}
