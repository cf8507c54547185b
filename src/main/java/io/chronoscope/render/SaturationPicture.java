package io.chronoscope.render;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// Draws what a machine does with more and more streams: above its throughput, below how long
/// events take.
public final class SaturationPicture {

  private static final int WIDTH = 1080;
  private static final int HEIGHT = 620;
  private static final int LEFT = 84;
  private static final int RIGHT = 150;
  private static final int TOP = 60;
  private static final int PLOT_HEIGHT = 220;
  private static final int GAP = 64;
  private static final Color THROUGHPUT = new Color(0x4FA3FF);
  private static final Color OFFERED = new Color(0x5A6478);
  private static final Color P50 = new Color(0x5CD6A0);
  private static final Color P95 = new Color(0xF2B84B);
  private static final Color P99 = new Color(0xF2695C);

  private SaturationPicture() {}

  /// One number of streams.
  ///
  /// @param throughput seconds of video analyzed in a second
  /// @param p50 seconds from a chunk to its event, as the other quantiles
  public record Point(int streams, double throughput, double p50, double p95, double p99) {}

  private record Curve(String name, Color color, ToDoubleFunction<Point> value) {}

  /// @param points in ascending order of streams; at least one
  public static BufferedImage draw(String title, List<Point> points) {
    return PictureCanvas.draw(
        WIDTH,
        HEIGHT,
        g -> {
          g.setFont(TimelinePicture.plain(18));
          g.setColor(TimelinePicture.BRIGHT);
          g.drawString(title, 28, 34);
          plot(
              g,
              TOP,
              "video s/s",
              points,
              List.of(
                  new Curve("offered", OFFERED, Point::streams),
                  new Curve("analyzed", THROUGHPUT, Point::throughput)));
          plot(
              g,
              TOP + PLOT_HEIGHT + GAP,
              "chunk to event, s",
              points,
              List.of(
                  new Curve("p50", P50, Point::p50),
                  new Curve("p95", P95, Point::p95),
                  new Curve("p99", P99, Point::p99)));
        });
  }

  private static void plot(
      Graphics2D g, int top, String name, List<Point> points, List<Curve> curves) {
    double highest =
        points.stream()
            .flatMap(point -> curves.stream().map(curve -> curve.value.applyAsDouble(point)))
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(1);
    double step = tick(highest);
    double scale = PLOT_HEIGHT / (Math.ceil(Math.max(highest, step) / step) * step);
    g.setFont(TimelinePicture.plain(12));
    g.setStroke(new BasicStroke(1));
    for (double value = 0; value * scale <= PLOT_HEIGHT + 0.5; value += step) {
      int y = top + PLOT_HEIGHT - (int) Math.round(value * scale);
      g.setColor(TimelinePicture.FAINT);
      g.drawLine(LEFT, y, WIDTH - RIGHT, y);
      g.setColor(TimelinePicture.DIM);
      g.drawString(String.format(Locale.ROOT, step < 1 ? "%.1f" : "%.0f", value), LEFT - 40, y + 4);
    }
    g.drawString(name, LEFT - 56, top - 10);
    int most = points.getLast().streams();
    for (Point point : points) {
      g.setColor(TimelinePicture.DIM);
      g.drawString(
          Integer.toString(point.streams()), (int) x(point, most) - 4, top + PLOT_HEIGHT + 18);
    }
    g.drawString("streams", WIDTH - RIGHT + 14, top + PLOT_HEIGHT + 18);
    int label = top + 12;
    for (Curve curve : curves) {
      g.setColor(curve.color);
      g.setStroke(new BasicStroke(2));
      Path2D path = new Path2D.Double();
      for (Point point : points) {
        double y = top + PLOT_HEIGHT - curve.value.applyAsDouble(point) * scale;
        if (path.getCurrentPoint() == null) {
          path.moveTo(x(point, most), y);
        } else {
          path.lineTo(x(point, most), y);
        }
        g.fill(new Ellipse2D.Double(x(point, most) - 3, y - 3, 6, 6));
      }
      g.draw(path);
      g.setFont(TimelinePicture.plain(14));
      g.drawString(curve.name, WIDTH - RIGHT + 14, label);
      label += 20;
    }
  }

  private static double x(Point point, int most) {
    return LEFT + (double) (WIDTH - LEFT - RIGHT) * point.streams() / most;
  }

  /// A round step that yields four to ten lines.
  private static double tick(double highest) {
    double magnitude = Math.pow(10, Math.floor(Math.log10(Math.max(highest, 0.1))));
    double leading = highest / magnitude;
    return magnitude * (leading < 2 ? 0.25 : leading < 5 ? 0.5 : 1);
  }
}
