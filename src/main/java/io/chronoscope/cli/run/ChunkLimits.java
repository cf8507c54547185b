package io.chronoscope.cli.run;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.decode.MediaSegment;
import java.nio.file.Path;
import java.time.Duration;

/// What a chunk may be. A file in which no decoder can begin for long is cut into one long chunk,
/// which the service would reject.
///
/// @param maxBytes of its media
public record ChunkLimits(Duration maxDuration, long maxBytes) {

  /// For chunks that go through Kafka.
  public static ChunkLimits ofTopics(ChronoscopeConfig settings) {
    return new ChunkLimits(
        settings.decode().maxDuration(), settings.kafka().maxChunkBytes().asLongValue());
  }

  /// For chunks that stay in this process.
  public static ChunkLimits ofAnalysis(ChronoscopeConfig settings) {
    return new ChunkLimits(settings.decode().maxDuration(), Long.MAX_VALUE);
  }

  /// @throws IllegalArgumentException when a file's segment exceeds a limit; names the file, the
  ///   limit and its setting
  public void check(Path file, MediaSegment segment) {
    if (segment.duration().compareTo(maxDuration) > 0) {
      throw tooMuch(
          file,
          segment,
          "lasts %.1f s; the limit is %.1f s (chronoscope.decode.max-duration)"
              .formatted(seconds(segment.duration()), seconds(maxDuration)));
    }
    int bytes = segment.media().remaining();
    if (bytes > maxBytes) {
      throw tooMuch(
          file,
          segment,
          "has %d bytes; the limit is %d (chronoscope.kafka.max-chunk-bytes)"
              .formatted(bytes, maxBytes));
    }
  }

  private static IllegalArgumentException tooMuch(Path file, MediaSegment segment, String what) {
    return new IllegalArgumentException(
        "%s cannot be used: the chunk that begins at %.1f s %s. No decoder could begin within it;"
                .formatted(file, seconds(segment.start()), what)
            + " encode the video with more key frames");
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
