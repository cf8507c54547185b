package io.chronoscope.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.domain.Picture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;

/// Reads files written by the reference: `src/test/resources/golden`, described in
/// `training/reference`.
public final class GoldenArrays {

  public static final Path ROOT = Path.of("src/test/resources/golden");

  private GoldenArrays() {}

  public static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(ROOT.resolve(file).toFile());
  }

  public static float[] floats(String file) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(ROOT.resolve(file))).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }

  public static byte[] bytes(String file) throws IOException {
    return Files.readAllBytes(ROOT.resolve(file));
  }

  public static long[] longs(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToLong(JsonNode::asLong).toArray();
  }

  public static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  /// @param planar `[3, heightPx, widthPx]`
  public static Picture picture(byte[] planar, int heightPx, int widthPx) {
    Picture picture = Picture.allocate(widthPx, heightPx);
    int area = heightPx * widthPx;
    for (int i = 0; i < area; i++) {
      for (int c = 0; c < 3; c++) {
        picture.rgb().set(ValueLayout.JAVA_BYTE, 3L * i + c, planar[c * area + i]);
      }
    }
    return picture;
  }

  public static Picture png(String file) throws IOException {
    BufferedImage image = ImageIO.read(ROOT.resolve(file).toFile());
    Picture picture = Picture.allocate(image.getWidth(), image.getHeight());
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        long at = 3L * (y * image.getWidth() + x);
        picture.rgb().set(ValueLayout.JAVA_BYTE, at, (byte) (rgb >> 16));
        picture.rgb().set(ValueLayout.JAVA_BYTE, at + 1, (byte) (rgb >> 8));
        picture.rgb().set(ValueLayout.JAVA_BYTE, at + 2, (byte) rgb);
      }
    }
    return picture;
  }
}
