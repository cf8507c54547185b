package io.chronoscope.render;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.OptionalDouble;

/// Draws a benchmark as a picture: for each row its throughput, and a bar for its share of what the
/// device reaches at best.
public final class ThroughputPicture {

  private static final int WIDTH = 1080;
  private static final int MARGIN = 28;
  private static final int TITLE = 44;
  private static final int ROW = 40;
  private static final int SIZE_LEFT = 110;
  private static final int BAR_LEFT = 270;
  private static final int BAR_WIDTH = 440;
  private static final int VALUE_LEFT = 790;

  private static final Color FILL = new Color(Hue.BLUE.rgb);

  private ThroughputPicture() {}

  /// One row.
  ///
  /// @param name of the row
  /// @param size of its work; may be empty
  /// @param share of the ceiling, 1 at the ceiling; empty for a row without one
  /// @param value throughput with its unit
  /// @param note short text below the throughput
  public record Bar(String name, String size, OptionalDouble share, String value, String note) {}

  public static BufferedImage draw(String title, List<Bar> bars) {
    int height = MARGIN + TITLE + ROW * bars.size() + MARGIN;
    return PictureCanvas.draw(
        WIDTH,
        height,
        g -> {
          g.setFont(TimelinePicture.plain(18));
          g.setColor(TimelinePicture.BRIGHT);
          g.drawString(title, MARGIN, MARGIN + 16);
          g.setFont(TimelinePicture.plain(12));
          g.setColor(TimelinePicture.DIM);
          g.drawString("share of the ceiling", BAR_LEFT, MARGIN + 16);
          for (int i = 0; i < bars.size(); i++) {
            draw(g, bars.get(i), MARGIN + TITLE + i * ROW);
          }
        });
  }

  private static void draw(Graphics2D g, Bar bar, int top) {
    g.setFont(TimelinePicture.plain(14));
    g.setColor(TimelinePicture.BRIGHT);
    g.drawString(bar.name(), MARGIN, top + 14);
    g.drawString(bar.value(), VALUE_LEFT, top + 10);
    g.setFont(TimelinePicture.plain(12));
    g.setColor(TimelinePicture.DIM);
    g.drawString(bar.size(), SIZE_LEFT, top + 14);
    g.drawString(bar.note(), VALUE_LEFT, top + 25);
    if (bar.share().isPresent()) {
      double share = bar.share().getAsDouble();
      g.setColor(TimelinePicture.FAINT);
      g.fill(rounded(BAR_LEFT, top + 2, BAR_WIDTH));
      g.setColor(FILL);
      g.fill(rounded(BAR_LEFT, top + 2, Math.max(2, BAR_WIDTH * Math.clamp(share, 0, 1))));
      g.setColor(TimelinePicture.BRIGHT);
      g.drawString(Math.round(100 * share) + "%", BAR_LEFT + BAR_WIDTH + 10, top + 14);
    }
  }

  private static RoundRectangle2D rounded(double left, double top, double width) {
    return new RoundRectangle2D.Double(left, top, width, 16, 5, 5);
  }
}
