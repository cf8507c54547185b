package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.Evidence;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.Calibration.BoundEvidence;
import io.chronoscope.vlm.Calibration.OfBounds;
import java.util.Optional;

/// How far off the bounds of an event may be: what the sampling leaves open or the model's own
/// error, whichever is more. Of a checkpoint that brings no calibration of its error it is what the
/// sampling leaves open.
///
/// @param errors of the checkpoint
public record BoundTolerance(Optional<OfBounds> errors) {

  static BoundTolerance of(Calibration calibration) {
    return new BoundTolerance(calibration.bounds());
  }

  /// The event as it is published.
  VideoEvent stated(OpenEvent open) {
    VideoEvent event = open.event();
    return errors
        .map(known -> Math.round(known.seconds(evidenceOf(open)) * 1000))
        .filter(millis -> millis > event.toleranceMs())
        .map(event::withToleranceMs)
        .orElse(event);
  }

  /// What is known about the bounds of an event.
  public static BoundEvidence evidenceOf(OpenEvent open) {
    VideoEvent event = open.event();
    return new BoundEvidence(
        event.toleranceMs() / 1e3,
        (event.endOffsetMs() - event.startOffsetMs()) / 1e3,
        open.spreadMicros() / 1e6,
        1 - open.evidence().map(Evidence::times).orElse(0.0));
  }
}
