package io.chronoscope.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.Picture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The golden cases of this project; see `training/reference/README.md`.
public record GoldenCase(io.chronoscope.cli.selfcheck.GoldenCase files) {

  private static final Path ROOT = Path.of("src/test/resources/golden");

  private static final Path PACKED_ROOT = Path.of("src/test/resources/golden-packed");

  public static Stream<GoldenCase> all() {
    return in(ROOT);
  }

  /// Checkpoints with 4-bit matrices. They have no results of the encoder, and no golden test of a
  /// part of the engine uses them.
  public static Stream<GoldenCase> packed() {
    return in(PACKED_ROOT);
  }

  private static Stream<GoldenCase> in(Path root) {
    return io.chronoscope.cli.selfcheck.GoldenCase.in(root).stream().map(GoldenCase::new);
  }

  /// A case whose prompt lays a video out differently.
  public static GoldenCase layout(String name) {
    return new GoldenCase(
        io.chronoscope.cli.selfcheck.GoldenCase.of(
            Path.of("src/test/resources/golden-layouts").resolve(name)));
  }

  public static GoldenCase named(String name) {
    return new GoldenCase(io.chronoscope.cli.selfcheck.GoldenCase.of(ROOT.resolve(name)));
  }

  public Path directory() {
    return files.directory();
  }

  public Path checkpoint() {
    return files.checkpoint();
  }

  public JsonNode get(String field) {
    return files.get(field);
  }

  public int maxNewTokens() {
    return files.maxNewTokens();
  }

  public List<Integer> ints(String field) {
    return files.ints(field);
  }

  /// The contents of the file that a field names.
  public float[] floats(String field) throws IOException {
    return files.floats(field);
  }

  public List<Picture> frames(JsonNode content) {
    return files.frames(content);
  }

  @Override
  public String toString() {
    return files.toString();
  }
}
