package io.chronoscope.cli.bench.soak;

import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.decode.MediaSegment;
import java.time.Duration;
import java.util.List;

/// A video that plays again and again, as one stream without an end.
///
/// @param stream id of the stream
/// @param segments of the video, at least one
record RepeatedVideo(String stream, List<MediaSegment> segments) {

  /// A part of the stream.
  ///
  /// @param number 0, 1, 2, …
  /// @param start relative to the stream's
  record Chunk(String stream, long number, Duration start, MediaSegment segment) {}

  RepeatedVideo {
    segments = List.copyOf(segments);
    if (segments.isEmpty()) {
      throw new IllegalArgumentException(stream + " has no segments");
    }
  }

  Chunk chunk(long number) {
    MediaSegment segment = segments.get(Math.toIntExact(number % segments.size()));
    Duration length = FileFeed.endOf(segments.getLast());
    return new Chunk(
        stream,
        number,
        length.multipliedBy(number / segments.size()).plus(segment.start()),
        segment);
  }
}
