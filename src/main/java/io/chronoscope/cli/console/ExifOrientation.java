package io.chronoscope.cli.console;

import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How a camera was held when it took a picture (EXIF 2.3, tag 274): what makes the stored picture
/// upright.
///
/// @param value 1 to 8; 1 for upright
record ExifOrientation(int value) {

  static final ExifOrientation UPRIGHT = new ExifOrientation(1);

  private static final int TAG = 274;
  private static final int START_OF_SCAN = 0xda;
  private static final int APP1 = 0xe1;
  private static final long EXIF = 0x457869660000L;

  /// Reads the orientation of a JPEG file; [#UPRIGHT] when it states none.
  static ExifOrientation ofJpeg(byte[] jpeg) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(jpeg);
      int at = 2;
      while ((bytes.get(at) & 0xff) == 0xff && (bytes.get(at + 1) & 0xff) != START_OF_SCAN) {
        int length = bytes.getShort(at + 2) & 0xffff;
        boolean exif =
            (bytes.get(at + 1) & 0xff) == APP1
                && length >= 16
                && bytes.getLong(at + 4) >>> 16 == EXIF;
        if (exif) {
          return ofTiff(bytes.slice(at + 10, length - 8));
        }
        at += 2 + length;
      }
      return UPRIGHT;
    } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
      return UPRIGHT;
    }
  }

  private static ExifOrientation ofTiff(ByteBuffer tiff) {
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if ((tiff.getShort(entry) & 0xffff) == TAG) {
        int value = tiff.getShort(entry + 8);
        return value >= 1 && value <= 8 ? new ExifOrientation(value) : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  /// The upright picture.
  BufferedImage upright(BufferedImage stored) {
    if (value == 1) {
      return stored;
    }
    boolean transposed = value >= 5;
    int width = transposed ? stored.getHeight() : stored.getWidth();
    int height = transposed ? stored.getWidth() : stored.getHeight();
    BufferedImage upright = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int fromX = transposed ? y : x;
        int fromY = transposed ? x : y;
        boolean mirrorX = value == 2 || value == 3 || value == 7 || value == 8;
        boolean mirrorY = value == 3 || value == 4 || value == 6 || value == 7;
        upright.setRGB(
            x,
            y,
            stored.getRGB(
                mirrorX ? stored.getWidth() - 1 - fromX : fromX,
                mirrorY ? stored.getHeight() - 1 - fromY : fromY));
      }
    }
    return upright;
  }
}
