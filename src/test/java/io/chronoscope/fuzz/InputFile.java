package io.chronoscope.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file in a directory of its own that holds the input, for what reads files only.
public final class InputFile {

  private final Path path;

  public InputFile(String name) {
    try {
      Path directory = Files.createTempDirectory("fuzz");
      this.path = directory.resolve(name);
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .unstarted(() -> {
                    path.toFile().delete();
                    directory.toFile().delete();
                  }));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path path() {
    return path;
  }

  public Path directory() {
    return path.getParent();
  }

  public void write(byte[] input) {
    try {
      Files.deleteIfExists(path); // one that is mapped keeps its bytes
      Files.write(path, input);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
