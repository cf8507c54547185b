package io.chronoscope.cli.run;

import io.chronoscope.decode.MediaSegment;
import java.time.Duration;
import java.util.List;

/// A stream whose chunks are all in memory.
///
/// @param segments the stream's chunks
/// @param startsAfter delay between the start of the run and the start of the stream
public record SegmentStream(String id, List<MediaSegment> segments, Duration startsAfter) {

  public SegmentStream {
    segments = List.copyOf(segments);
  }

  public SegmentStream(String id, List<MediaSegment> segments) {
    this(id, segments, Duration.ZERO);
  }

  public long durationMs() {
    return FileFeed.endOf(segments.getLast()).toMillis();
  }
}
