package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.analysis.StreamPosition.PublishedGap;
import io.chronoscope.analysis.WindowAnchor;
import io.chronoscope.sampling.FrameSampler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A timeline's part of a [StreamPosition]; the components are described there.
///
/// @param decoded the decoded records whose frames a window still needs
record TimelinePosition(
    WindowAnchor windowAnchor,
    long settledMicros,
    long partialMicros,
    FrameSampler.Position sampler,
    List<NeededRecord> decoded,
    List<PublishedGap> gaps,
    Optional<Instant> gapsForgottenBefore,
    long notSeenMicros) {

  /// Before the first chunk is decoded.
  static final TimelinePosition START =
      new TimelinePosition(
          WindowAnchor.STREAM_START,
          0,
          0,
          StreamPosition.SAMPLER_START,
          List.of(),
          List.of(),
          Optional.empty(),
          0);
}
