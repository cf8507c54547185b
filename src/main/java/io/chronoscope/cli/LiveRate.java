package io.chronoscope.cli;

import io.chronoscope.live.SourceState;
import io.chronoscope.live.SourceStatus;
import java.time.Duration;
import java.time.Instant;

/// What arrives from a live source, measured from one chunk that was cut to another: a chunk may be
/// longer than the interval of reports.
///
/// @param from when the last chunk was cut that is measured
/// @param frames received until then
/// @param bytes received until then
record LiveRate(
    Instant from, long frames, long bytes, double framesPerSecond, double bitsPerSecond) {

  /// Nothing so far.
  static LiveRate since(Instant start) {
    return new LiveRate(start, 0, 0, 0, 0);
  }

  /// The rate up to a later report; stays as it is as long as no further chunk is cut.
  LiveRate at(SourceStatus status) {
    Instant cutAt = status.cutAt().orElse(from);
    double seconds = Duration.between(from, cutAt).toNanos() / 1e9;
    if (seconds > 0) {
      return new LiveRate(
          cutAt,
          status.frames(),
          status.bytes(),
          (status.frames() - frames) / seconds,
          (status.bytes() - bytes) * 8 / seconds);
    }
    return switch (status.state()) {
      case SourceState.Live _, SourceState.Ended _, SourceState.Stopped _ -> this;
      case SourceState.Connecting _, SourceState.Waiting _, SourceState.Elsewhere _ ->
          new LiveRate(from, frames, bytes, 0, 0);
    };
  }
}
