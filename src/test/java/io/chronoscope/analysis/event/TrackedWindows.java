package io.chronoscope.analysis.event;

import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.Likelihood;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import java.util.List;
import java.util.Optional;

/// Windows at 2 fps that an event tracker observes.
///
/// @param plan where they lie
record TrackedWindows(WindowPlan plan) {

  private static final Sampling SAMPLING = new Sampling(20, 2, "target", 90, 112, 84);

  /// What the tracker publishes of one window.
  List<VideoEvent> observe(EventTracker tracker, long number, Sighting... sightings) {
    long from = plan.startOf(number);
    long until = plan.endOf(number);
    return tracker.observe(
        new SeenSpan(number, from, until - 500_000, until, 500_000),
        SAMPLING,
        List.of(sightings),
        plan.startOf(number + 1),
        number == 0 ? 0 : plan.endOf(number - 1));
  }

  /// A red circle that moves, seen for these seconds of the stream.
  static Sighting saw(double start, double end, Likelihood likelihood) {
    return new Sighting(
        Math.round(start * 1e6),
        Math.round(end * 1e6),
        "A red circle moves left.",
        500_000,
        List.of(),
        List.of(),
        Certainty.UNSTATED,
        Optional.of(likelihood),
        List.of());
  }
}
