package io.chronoscope.checkpoint;

import java.nio.file.Path;

/// Thrown for a checkpoint that cannot be used. The message names the file and the key or tensor.
public final class CheckpointException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CheckpointException(Path file, String problem) {
    super(file + ": " + problem);
  }

  public CheckpointException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
