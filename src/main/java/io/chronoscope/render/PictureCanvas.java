package io.chronoscope.render;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;

/// The dark canvas of all pictures that the program draws, for screens of high density.
final class PictureCanvas {

  /// Pixels per unit.
  private static final int DENSITY = 2;

  private static final Color BACKGROUND = new Color(0x0F141E);

  private PictureCanvas() {}

  /// @param width in units
  /// @param height in units
  /// @param drawing draws in units, on the background
  static BufferedImage draw(int width, int height, Consumer<Graphics2D> drawing) {
    BufferedImage image =
        new BufferedImage(width * DENSITY, height * DENSITY, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.scale(DENSITY, DENSITY);
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setColor(BACKGROUND);
      g.fillRect(0, 0, width, height);
      drawing.accept(g);
    } finally {
      g.dispose();
    }
    return image;
  }
}
