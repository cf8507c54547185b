package io.chronoscope.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Picture;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExifOrientationTest {

  /// Where the stored picture's first pixel goes in the upright one of 3×2 or 2×3 pixels.
  @ParameterizedTest
  @CsvSource({
    "1, 3, 0, 0",
    "2, 3, 2, 0",
    "3, 3, 2, 1",
    "4, 3, 0, 1",
    "5, 2, 0, 0",
    "6, 2, 1, 0",
    "7, 2, 1, 2",
    "8, 2, 0, 2",
  })
  void turnsThePictureUpright(int value, int widthPx, int x, int y) {
    BufferedImage stored = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    stored.setRGB(0, 0, 0xffffff);

    BufferedImage upright =
        ExifOrientation.ofJpeg(jpeg(value, ByteOrder.BIG_ENDIAN)).upright(stored);

    assertThat(upright.getWidth()).isEqualTo(widthPx);
    assertThat(upright.getRGB(x, y) & 0xffffff).isEqualTo(0xffffff);
  }

  @Test
  void readsBothByteOrders() {
    assertThat(ExifOrientation.ofJpeg(jpeg(6, ByteOrder.LITTLE_ENDIAN)).value()).isEqualTo(6);
  }

  @Test
  void isUprightWhenNothingOrNonsenseIsStated() {
    assertThat(ExifOrientation.ofJpeg(new byte[] {(byte) 0xff, (byte) 0xd8}))
        .isEqualTo(ExifOrientation.UPRIGHT);
    assertThat(ExifOrientation.ofJpeg(jpeg(77, ByteOrder.BIG_ENDIAN)))
        .isEqualTo(ExifOrientation.UPRIGHT);
  }

  @Test
  void pictureFilesAreUpright() {
    try (Picture picture = PictureFiles.read(Path.of("src/test/resources/media/17_exif6.jpg"))) {
      assertThat(picture.widthPx()).isEqualTo(640);
      assertThat(picture.heightPx()).isEqualTo(360);
    }
  }

  /// The beginning of a JPEG file with one EXIF entry.
  private static byte[] jpeg(int orientation, ByteOrder order) {
    ByteBuffer bytes = ByteBuffer.allocate(64);
    bytes.putShort((short) 0xffd8).putShort((short) 0xffe1).putShort((short) 34);
    bytes.put("Exif\0\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    bytes.order(order);
    bytes.put(
        (order == ByteOrder.BIG_ENDIAN ? "MM" : "II")
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    bytes.putShort((short) 42).putInt(8).putShort((short) 1);
    bytes.putShort((short) 274).putShort((short) 3).putInt(1).putShort((short) orientation);
    return bytes.array();
  }
}
