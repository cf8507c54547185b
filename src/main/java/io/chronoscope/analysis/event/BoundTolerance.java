package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.BoundCertainty;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.Calibration.OfBounds;
import java.util.Optional;

/// How far off the bounds of an event may be: what the sampling leaves open or the model's own
/// error, whichever is more. Of a checkpoint that brings no calibration of its error it is what the
/// sampling leaves open.
///
/// @param errors of the checkpoint, by how sure the bounds are
record BoundTolerance(Optional<OfBounds> errors) {

  static BoundTolerance of(Calibration calibration) {
    return new BoundTolerance(calibration.bounds());
  }

  /// The event as it is published.
  VideoEvent stated(OpenEvent open) {
    VideoEvent event = open.event();
    double certainty = open.bounds().map(BoundCertainty::least).orElse(0.0);
    return errors
        .map(known -> Math.round(known.seconds(certainty) * 1000))
        .filter(millis -> millis > event.toleranceMs())
        .map(event::withToleranceMs)
        .orElse(event);
  }

  /// How sure the bounds are after one window. The start of the stream is no border: what is there
  /// from the beginning begins there.
  static Optional<BoundCertainty> first(Sighting sighting, SeenSpan span) {
    boolean beginsBefore =
        span.beginsAtEdge(sighting.startMicros()) && span.firstMicros() > span.gapMicros();
    boolean goesOn = sighting.endMicros() >= span.untilMicros();
    return sighting
        .likelihood()
        .map(seen -> new BoundCertainty(beginsBefore ? 0 : seen.start(), goesOn ? 0 : seen.end()));
  }

  /// How sure the bounds are after another sighting. A bound that lies within what both windows saw
  /// is as sure as the surer of them if they agree, and not at all otherwise.
  static Optional<BoundCertainty> and(
      OpenEvent before, Sighting sighting, SeenSpan span, StreamClock clock) {
    Optional<BoundCertainty> seen = first(sighting, span);
    if (before.bounds().isEmpty() || seen.isEmpty()) {
      return before.bounds().or(() -> seen);
    }
    BoundCertainty old = before.bounds().get();
    BoundCertainty now = seen.get();
    long tolerance = Math.max(before.event().toleranceMs() * 1000, sighting.toleranceMicros());
    long oldStart = clock.offsetMicros(before.event().start());
    long oldEnd = clock.offsetMicros(before.event().end());
    long oldUntil = before.endSeen().untilMicros();
    boolean startsAgree =
        Math.abs(Math.max(oldStart, span.firstMicros()) - sighting.startMicros()) <= tolerance;
    boolean endsAgree = Math.abs(Math.min(sighting.endMicros(), oldUntil) - oldEnd) <= tolerance;
    double start = oldStart < span.firstMicros() ? old.start() : Math.max(old.start(), now.start());
    double end = sighting.endMicros() > oldUntil ? now.end() : Math.max(old.end(), now.end());
    return Optional.of(new BoundCertainty(startsAgree ? start : 0, endsAgree ? end : 0));
  }
}
