package io.chronoscope.testing;

import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.WindowAnchor;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.sampling.FrameSampler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Stream positions with every component set.
public final class StreamPositions {

  private StreamPositions() {}

  /// A position at a chunk that the next window needs again.
  public static StreamPosition at(long number, Instant time) {
    FrameSampler.Position sampled = new FrameSampler.Position(3, 1);
    return new StreamPosition(
        true,
        StreamPosition.Phase.RUNNING,
        number,
        Optional.of(time),
        false,
        Optional.of(time),
        number,
        number,
        WindowAnchor.STREAM_START,
        0,
        0,
        sampled,
        List.of(
            new StreamPosition.NeededRecord(
                number,
                number,
                time,
                Optional.of(new StreamPosition.DecodedChunk(time, sampled, 0)))),
        List.of(new StreamPosition.PublishedGap(time, time, Cause.MISSING, "no chunk came", 1)),
        Optional.empty(),
        3,
        List.of(time));
  }
}
