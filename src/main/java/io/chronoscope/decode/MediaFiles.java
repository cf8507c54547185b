package io.chronoscope.decode;

import java.io.IOException;
import java.nio.file.Path;

/// Opens media files for [MediaTask]s. The interface exchanges values only, so an implementation
/// may run in another process.
@FunctionalInterface
public interface MediaFiles extends AutoCloseable {

  /// In this process, without limits on what a file takes.
  MediaFiles IN_PROCESS = MappedFile::open;

  /// @return for use by this thread, which closes it
  /// @throws IOException when the file cannot be read
  MediaFile open(Path file) throws IOException;

  /// Opens no more files.
  @Override
  default void close() {}
}
