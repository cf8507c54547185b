package io.chronoscope.checkpoint;

import io.chronoscope.model.ModelRef;
import java.nio.file.Path;
import java.util.Optional;

/// A Qwen2.5-VL checkpoint directory, opened.
public final class Checkpoint implements AutoCloseable {

  private Checkpoint() {}

  /// @throws CheckpointException when anything is missing, damaged, unused or unsupported
  public static Checkpoint open(Path directory) {
    throw new UnsupportedOperationException(directory.toString());
  }

  public Path directory() {
    throw new UnsupportedOperationException();
  }

  public TextConfig text() {
    throw new UnsupportedOperationException();
  }

  public VisionConfig vision() {
    throw new UnsupportedOperationException();
  }

  public VisionTokens tokens() {
    throw new UnsupportedOperationException();
  }

  public Preprocessor preprocessor() {
    throw new UnsupportedOperationException();
  }

  public GenerationDefaults generation() {
    throw new UnsupportedOperationException();
  }

  public Optional<Advice> advice() {
    throw new UnsupportedOperationException();
  }

  /// The chat template as it is published (Jinja), not interpreted.
  public Optional<String> chatTemplate() {
    throw new UnsupportedOperationException();
  }

  /// Name of the directory and a digest of configuration, tensor headers and samples of the
  /// weights.
  public ModelRef ref() {
    throw new UnsupportedOperationException();
  }

  public Weights weights() {
    throw new UnsupportedOperationException();
  }

  /// Unmaps the weights; nothing may read them any more.
  @Override
  public void close() {}
}
