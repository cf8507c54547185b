package io.chronoscope.cli.bench.damage;

import io.chronoscope.cli.bench.damage.Shown.Frame;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.UnreadableMediaException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Compares what is shown of a damaged file with what is shown of the undamaged one.
///
/// @param refused whether the file was refused as a whole
/// @param wrongMicros how long a picture is shown as seen that is not the right one
/// @param lostMicros how long nothing is shown as seen
/// @param flagged whether anything says that something is damaged or missing
record DamageTrial(boolean refused, long wrongMicros, long lostMicros, boolean flagged) {

  /// A wrong picture for this long counts.
  static final long WRONG_MICROS = 300_000;

  /// A pixel differs if its brightness does by more than this.
  private static final int PIXEL_TOLERANCE = 24;

  /// A picture is wrong if more than one pixel of so many differs: of 480×360, a square of 29.
  private static final int PIXELS = 200;

  private static final long STEP_MICROS = 20_000;

  /// @param damaged a file
  /// @param reference what is shown of it undamaged
  static DamageTrial of(byte[] damaged, Shown reference) {
    long end = reference.facts().durationMicros();
    Optional<Shown> shown = shown(damaged, end);
    if (shown.isEmpty()) {
      return new DamageTrial(true, 0, end, true);
    }
    long wrong = 0;
    long lost = 0;
    for (long at = 0; at < end; at += STEP_MICROS) {
      Frame right = reference.at(at);
      Frame seen = shown.get().at(at);
      if (seen == null) {
        lost += STEP_MICROS;
      } else if (right == null || differs(right.green(), seen.green())) {
        wrong += STEP_MICROS;
      }
    }
    MediaFacts facts = shown.get().facts();
    boolean flagged = !facts.damage().isEmpty() || !facts.gaps().isEmpty();
    return new DamageTrial(false, wrong, lost, flagged);
  }

  private static Optional<Shown> shown(byte[] media, long declaredMicros) {
    try {
      // A chunk's envelope states its duration.
      Shown shown =
          Shown.of(
              media,
              DecodeLimits.DEFAULTS.withStatedDuration(
                  Optional.of(Duration.of(declaredMicros, ChronoUnit.MICROS))));
      return Optional.of(new Shown(shown.facts().lasting(declaredMicros), shown.frames()));
    } catch (UnreadableMediaException e) {
      return Optional.empty();
    }
  }

  private static boolean differs(byte[] right, byte[] seen) {
    if (right.length != seen.length) {
      return true;
    }
    int different = 0;
    for (int i = 0; i < right.length; i++) {
      if (Math.abs((right[i] & 0xff) - (seen[i] & 0xff)) > PIXEL_TOLERANCE) {
        different++;
      }
    }
    return different > right.length / PIXELS;
  }

  /// Whether the trial shows too much that is wrong. Each moment counts by itself: that another
  /// part of the file is flagged excuses nothing.
  boolean isSilent() {
    return wrongMicros >= WRONG_MICROS;
  }
}
