package io.chronoscope.messaging;

import io.chronoscope.analysis.Timing;
import io.chronoscope.analysis.Windows;
import io.chronoscope.model.Result.Gap.Cause;
import io.chronoscope.sampling.FrameSampler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A stream's place in time, for tests.
final class Timings {

  private Timings() {}

  /// All there can be in one, at a chunk that is needed again.
  static Timing at(long number, Instant time) {
    FrameSampler.Position sampled = new FrameSampler.Position(3, 1);
    return new Timing(
        true,
        Timing.Phase.RUNNING,
        number,
        Optional.of(time),
        false,
        Optional.of(time),
        number,
        number,
        new Windows(0, 0),
        0,
        0,
        sampled,
        List.of(
            new Timing.Needed(number, number, time, Optional.of(new Timing.Taken(time, sampled)))),
        List.of(new Timing.Missed(time, time, Cause.MISSING, "no chunk came", 1)),
        Optional.empty(),
        3,
        List.of(time));
  }
}
