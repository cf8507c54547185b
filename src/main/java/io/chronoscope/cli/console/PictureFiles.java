package io.chronoscope.cli.console;

import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.FirstPicture;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/// Reads and writes still pictures.
public final class PictureFiles {

  private PictureFiles() {}

  /// Reads the PNG files of a directory in the order of their names.
  ///
  /// @return owned by the caller, which closes them
  public static List<Picture> readFolder(Path folder) {
    InputFiles.requireFolder(folder);
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(
                  file -> file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".png"))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot list %s: %s".formatted(folder, FailureMessages.reason(e)), e);
    }
    if (files.isEmpty()) {
      throw new EnvironmentException("no PNG files in " + folder);
    }
    List<Picture> pictures = new ArrayList<>();
    try {
      files.forEach(file -> pictures.add(read(file)));
      return pictures;
    } catch (RuntimeException e) {
      pictures.forEach(Picture::close);
      throw e;
    }
  }

  /// Reads a PNG, JPEG, WebP, BMP or GIF picture, or the first frame of a video. It is upright, as
  /// its EXIF orientation says. The alpha channel is ignored.
  ///
  /// @return owned by the caller, which closes it
  /// @throws IllegalArgumentException when it is no picture; the message names the file
  public static Picture read(Path file) {
    InputFiles.requireFile(file);
    byte[] bytes;
    BufferedImage image = null;
    try {
      bytes = Files.readAllBytes(file);
      if (isReadByJava(bytes)) {
        image = readByJava(bytes);
      }
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot read %s: %s".formatted(file, FailureMessages.reason(e)), e);
    }
    return image == null ? decode(file, bytes) : toPicture(image);
  }

  /// Java decodes JPEG as the reference implementation does, to the last bit of most pixels.
  private static boolean isReadByJava(byte[] bytes) {
    boolean jpeg = bytes.length > 2 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xd8;
    return jpeg || (bytes.length > 3 && bytes[0] == 'G' && bytes[1] == 'I' && bytes[2] == 'F');
  }

  /// @return `null` when Java does not know this kind of JPEG
  private static @Nullable BufferedImage readByJava(byte[] bytes) throws IOException {
    try {
      BufferedImage stored = ImageIO.read(new ByteArrayInputStream(bytes));
      return stored == null ? null : ExifOrientation.ofJpeg(bytes).upright(stored);
    } catch (IIOException e) {
      return null;
    }
  }

  private static Picture decode(Path file, byte[] bytes) {
    try {
      return FirstPicture.of(new FfmpegDecoder(), ByteBuffer.wrap(bytes), DecodeLimits.DEFAULTS);
    } catch (UnreadableMediaException e) {
      throw new IllegalArgumentException(file + " cannot be used: " + e.rejection().detail(), e);
    }
  }

  private static Picture toPicture(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    Picture picture = Picture.allocate(width, height);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        long at = 3L * ((long) y * width + x);
        picture.rgb().set(ValueLayout.JAVA_BYTE, at, (byte) (row[x] >> 16));
        picture.rgb().set(ValueLayout.JAVA_BYTE, at + 1, (byte) (row[x] >> 8));
        picture.rgb().set(ValueLayout.JAVA_BYTE, at + 2, (byte) row[x]);
      }
    }
    return picture;
  }

  /// Converts to the type that Java2D draws.
  public static BufferedImage toImage(Picture picture) {
    BufferedImage image =
        new BufferedImage(picture.widthPx(), picture.heightPx(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < picture.heightPx(); y++) {
      for (int x = 0; x < picture.widthPx(); x++) {
        long at = 3L * ((long) y * picture.widthPx() + x);
        int red = picture.rgb().get(ValueLayout.JAVA_BYTE, at) & 0xFF;
        int green = picture.rgb().get(ValueLayout.JAVA_BYTE, at + 1) & 0xFF;
        int blue = picture.rgb().get(ValueLayout.JAVA_BYTE, at + 2) & 0xFF;
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  public static void write(BufferedImage image, Path file) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (!ImageIO.write(image, "png", file.toFile())) {
        throw new IOException("no writer for PNG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
