package io.chronoscope.cli.selfcheck;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.domain.Picture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;

/// A small checkpoint, an input and the reference's results for it, as `training/reference` writes
/// them.
///
/// @param directory holds `golden.json` and the files that it names
public record GoldenCase(Path directory, JsonNode golden) {

  private static final String DESCRIPTION = "golden.json";

  /// Reads all cases below a folder, in the order of their names.
  ///
  /// @throws EnvironmentException when there are none
  public static List<GoldenCase> in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new EnvironmentException("there are no golden cases at " + folder.toAbsolutePath());
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(directory -> Files.exists(directory.resolve(DESCRIPTION)))
          .sorted()
          .map(GoldenCase::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads the case in a folder.
  public static GoldenCase of(Path directory) {
    try {
      return new GoldenCase(
          directory, new ObjectMapper().readTree(directory.resolve(DESCRIPTION).toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return String.valueOf(directory.getFileName());
  }

  public Path checkpoint() {
    return directory.resolve("checkpoint");
  }

  public JsonNode get(String field) {
    return golden.required(field);
  }

  public int maxNewTokens() {
    return get("maxNewTokens").asInt();
  }

  public List<Integer> ints(String field) {
    return StreamSupport.stream(get(field).spliterator(), false).map(JsonNode::asInt).toList();
  }

  /// The contents of the file that a field names.
  public float[] floats(String field) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(get(field).required("file").asText()));
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  /// The pictures of one part of the prompt; the caller closes them.
  public List<Picture> frames(JsonNode content) {
    List<Picture> frames = new ArrayList<>();
    if (content.has("image")) {
      frames.add(picture(content.get("image").asText()));
    } else {
      content.required("frames").forEach(file -> frames.add(picture(file.asText())));
    }
    return frames;
  }

  private Picture picture(String file) {
    try {
      BufferedImage image = ImageIO.read(directory.resolve(file).toFile());
      Picture picture = Picture.allocate(image.getWidth(), image.getHeight());
      long at = 0;
      for (int y = 0; y < image.getHeight(); y++) {
        for (int x = 0; x < image.getWidth(); x++) {
          int argb = image.getRGB(x, y);
          for (int shift = 16; shift >= 0; shift -= 8) {
            picture.rgb().set(ValueLayout.JAVA_BYTE, at++, (byte) (argb >> shift));
          }
        }
      }
      return picture;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
