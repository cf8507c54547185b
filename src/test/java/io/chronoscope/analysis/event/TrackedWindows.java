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

  private static final long GAP = 500_000;
  private static final Sampling SAMPLING = new Sampling(20, 2, "target", 90, 112, 84);

  /// What the tracker publishes of one window, all windows before which were analyzed.
  List<VideoEvent> observe(EventTracker tracker, long number, Sighting... sightings) {
    return observe(tracker, whole(number), plan.startOf(number + 1), before(number), sightings);
  }

  /// The same behind a window that was skipped.
  List<VideoEvent> observeBehindGap(EventTracker tracker, long number, Sighting... sightings) {
    return observe(tracker, whole(number), plan.startOf(number + 1), 0, sightings);
  }

  /// The same of the first seconds of a window.
  List<VideoEvent> observePart(
      EventTracker tracker, long number, double seconds, Sighting... sightings) {
    long from = plan.startOf(number);
    long until = from + Math.round(seconds * 1e6);
    SeenSpan part = new SeenSpan(number, from, until - GAP, until, GAP, SeenSpan.Extent.PARTIAL);
    return observe(tracker, part, from, before(number), sightings);
  }

  private static List<VideoEvent> observe(
      EventTracker tracker,
      SeenSpan span,
      long nextFromMicros,
      long seenUntilMicros,
      Sighting... sightings) {
    return tracker.observe(span, SAMPLING, List.of(sightings), nextFromMicros, seenUntilMicros);
  }

  private SeenSpan whole(long number) {
    long until = plan.endOf(number);
    return new SeenSpan(number, plan.startOf(number), until - GAP, until, GAP);
  }

  private long before(long number) {
    return number == 0 ? 0 : plan.endOf(number - 1);
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
