package io.chronoscope.cli.run;

import io.chronoscope.decode.MediaCutter.Overview;
import io.chronoscope.decode.MediaFile;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaSegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// A video file that is open, in a worker process if the settings say so. For use by the thread
/// that opened it.
public final class OpenVideo implements AutoCloseable {

  private final Path path;
  private final MediaFile file;

  private OpenVideo(Path path, MediaFile file) {
    this.path = path;
    this.file = file;
  }

  /// @throws io.chronoscope.config.ConfigurationException when there is no such file
  /// @throws io.chronoscope.config.EnvironmentException when the file cannot be read
  public static OpenVideo of(Path path, MediaFiles files) {
    return new OpenVideo(path, FileFeed.read(path, () -> files.open(path)));
  }

  /// Reads what the file's video is, without cutting it.
  ///
  /// @param statedFps frame rate of an elementary stream
  /// @throws IllegalArgumentException when the file is not a readable video; the message names it
  public Overview overview(OptionalDouble statedFps) {
    return FileFeed.read(path, () -> file.overview(statedFps));
  }

  /// Cuts the file where decoders can begin, without re-encoding.
  ///
  /// @param length minimum length of a chunk, which ends before the next such place
  /// @param statedFps frame rate of an elementary stream
  /// @throws IllegalArgumentException when the file is not a readable video; the message names it
  public void cut(Duration length, OptionalDouble statedFps, Consumer<MediaSegment> sink) {
    var unused = FileFeed.read(path, () -> file.cut(length, statedFps, sink));
  }

  @Override
  public void close() {
    file.close();
  }
}
