package io.chronoscope.cli.bench.engine;

import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.ClipVariants;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A video of the length, size and rate of another one, in which nothing changes: H.264 of one
/// picture again and again, at constant quality, with a key frame every other second.
final class StillScene {

  private static final ClipVariants.Container MP4 = new ClipVariants.Container("mp4", "");
  private static final ClipVariants.Encoding H264 =
      new ClipVariants.Encoding(
          "libopenh264", 50, 0, Map.of("rc_mode", "off", "allow_skip_frames", "0"));

  private StillScene() {}

  /// @throws EnvironmentException when the file cannot be read, or the copy not written
  static List<MediaSegment> of(Path video) {
    try {
      byte[] still = new ClipVariants(ByteBuffer.wrap(Files.readAllBytes(video))).still(MP4, H264);
      Path copy = Files.createTempFile("chronoscope-still", ".mp4");
      try {
        Files.write(copy, still);
        return StreamReplay.cut(copy);
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw new EnvironmentException("cannot read " + video + ": " + FailureMessages.reason(e), e);
    } catch (UnreadableMediaException e) {
      throw new EnvironmentException(video + ": " + e.getMessage(), e);
    }
  }
}
