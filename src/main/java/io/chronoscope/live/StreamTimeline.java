package io.chronoscope.live;

import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.LiveSegment.StatedTime;
import io.chronoscope.domain.SourceClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gives the segments of a stream absolute times, by the source's own clock where it states one
/// that can be right, else by when they arrived.
///
/// Within a connection presentation time runs on, so the offset between it and absolute time
/// changes only slowly. It follows the clock in steps that are too small to be seen as a gap or an
/// overlap (slewing); a clock that is off by more than [#STEP] was set, and is followed at once. By
/// arrival only drift is corrected: a larger difference is a sender that does not send at the pace
/// of its video, which says nothing about time.
///
/// Not thread-safe.
final class StreamTimeline {

  /// The default allowed lateness: a step back by less would make chunks appear as duplicates.
  static final Duration STEP = Duration.ofSeconds(10);

  private static final long STEP_MICROS = STEP.toNanos() / 1000;
  private static final long MAX_DRIFT_MICROS = 2_000_000;

  /// By how much the offset changes from one segment to the next.
  private static final long SLEW_MICROS = 20_000;

  /// Clocks of devices that were never set count from 1970 or from 2000.
  private static final Instant EARLIEST = Instant.parse("2001-01-01T00:00:00Z");

  /// How far a new connection may start from where the last one ended and still continue it.
  private static final Duration SEAM = Duration.ofSeconds(1);

  private final TimeSource trust;
  private @Nullable Long offsetMicros;
  private @Nullable Instant end;
  private SourceClock clock = SourceClock.ARRIVAL;

  StreamTimeline(TimeSource trust) {
    this.trust = trust;
  }

  /// A segment's place in absolute time.
  ///
  /// @param jumped by how much the source's clock was set, if it was
  /// @param missing time between the segment before it and this one that was not received
  record Placed(
      Instant start, Instant end, SourceClock clock, Duration jumped, Optional<Missing> missing) {}

  /// Time for which there is no video.
  record Missing(Instant from, Instant until) {}

  /// A clock that the source states, unless it cannot be right.
  private Optional<StatedTime> plausible(LiveSegment segment) {
    return segment
        .stated()
        .filter(one -> trust == TimeSource.SOURCE || !one.clock().isOfSource())
        .filter(one -> !at(segment.ptsMicros() + one.offsetMicros()).isBefore(EARLIEST));
  }

  /// @param reconnected whether the segment is the first of a connection
  Placed place(LiveSegment segment, boolean reconnected) {
    Optional<StatedTime> stated = plausible(segment);
    long target = stated.map(StatedTime::offsetMicros).orElse(segment.arrivalOffsetMicros());
    SourceClock of = stated.map(StatedTime::clock).orElse(SourceClock.ARRIVAL);
    boolean starts = reconnected || !segment.continues() || offsetMicros == null;
    long jumped = 0;
    if (starts || offsetMicros == null) {
      offsetMicros = isExact(of) ? target : joined(segment, target);
    } else {
      long difference = target - offsetMicros;
      boolean follows = of.isOfSource() || Math.abs(difference) <= MAX_DRIFT_MICROS;
      if (of.isOfSource() && Math.abs(difference) > STEP_MICROS) {
        offsetMicros = target;
        jumped = difference;
      } else if (follows) {
        offsetMicros += Math.clamp(difference, -SLEW_MICROS, SLEW_MICROS);
      }
    }
    clock = of;
    Instant start = at(segment.ptsMicros() + offsetMicros);
    Instant before = end;
    Instant until = start.plus(segment.duration());
    end = before == null || jumped != 0 || until.isAfter(before) ? until : before;
    Optional<Missing> missing =
        starts && before != null && Duration.between(before, start).compareTo(SEAM) > 0
            ? Optional.of(new Missing(before, start))
            : Optional.empty();
    return new Placed(start, until, clock, Duration.of(jumped, ChronoUnit.MICROS), missing);
  }

  /// Whether a clock tells the time of a frame, rather than that of a transmission or a file.
  private static boolean isExact(SourceClock clock) {
    return switch (clock) {
      case RTCP, PROGRAM_DATE_TIME -> true;
      case FILE, ARRIVAL -> false;
    };
  }

  /// Time by arrival never goes back: what was received later happened later.
  private long joined(LiveSegment segment, long target) {
    Instant before = end;
    if (before == null) {
      return target;
    }
    long beforeMicros = ChronoUnit.MICROS.between(Instant.EPOCH, before);
    long start = segment.ptsMicros() + target;
    return Math.abs(start - beforeMicros) <= SEAM.toNanos() / 1000 || start < beforeMicros
        ? beforeMicros - segment.ptsMicros()
        : target;
  }

  private static Instant at(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
