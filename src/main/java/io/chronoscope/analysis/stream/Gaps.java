package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamPosition.PublishedGap;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What of a stream was not seen. Tells each gap once it is final, and keeps the latest in mind so
/// that they can be filled.
final class Gaps {

  /// So many are remembered.
  static final int KEPT = 256;

  private final String stream;
  private final List<PublishedGap> missed;
  private @Nullable Instant since;

  Gaps(String stream, List<PublishedGap> missed, Optional<Instant> since) {
    this.stream = stream;
    this.missed = new ArrayList<>(missed);
    this.since = since.orElse(null);
  }

  /// Something was not seen, and that is final.
  ///
  /// @param streamStart from which the stream counts
  Gap tell(Instant streamStart, Instant from, Instant until, Cause cause, String detail) {
    PublishedGap gap = new PublishedGap(from, until, cause, detail, 1);
    if (until.isAfter(from)) {
      missed.add(gap);
      if (missed.size() > KEPT) {
        since = missed.removeFirst().end();
      }
    }
    return result(streamStart, gap, Status.CLOSED);
  }

  /// What was there was not looked at, as far as it was. Nothing is missing of it: a chunk of that
  /// time that comes again changes nothing, so these gaps are told and not remembered.
  ///
  /// @return none where another gap says it already
  List<Gap> notLookedAt(Instant streamStart, Instant from, Instant until, String detail) {
    List<Gap> told = new ArrayList<>();
    Instant at = from;
    for (PublishedGap gap :
        missed.stream().sorted(Comparator.comparing(PublishedGap::start)).toList()) {
      if (gap.start().isBefore(until) && gap.end().isAfter(at)) {
        if (isLeft(at, gap.start())) {
          told.add(notLooked(streamStart, at, gap.start(), detail));
        }
        at = gap.end();
      }
    }
    if (isLeft(at, until)) {
      told.add(notLooked(streamStart, at, until, detail));
    }
    return told;
  }

  private Gap notLooked(Instant streamStart, Instant from, Instant until, String detail) {
    return result(
        StableIds.of("gap", stream, streamStart, "not looked", from),
        streamStart,
        new PublishedGap(from, until, Cause.NOT_LOOKED, detail, 1),
        Status.CLOSED);
  }

  /// Whether something between these times was not seen, or is not known any more.
  boolean touches(Instant from, Instant until) {
    Instant known = since;
    return (known != null && from.isBefore(known)) || !within(from, until).isEmpty();
  }

  /// The parts of the gaps between two times; all of it where gaps are not known any more.
  List<PublishedGap> within(Instant from, Instant until) {
    List<PublishedGap> parts = new ArrayList<>();
    Instant known = since;
    if (known != null && from.isBefore(known)) {
      parts.add(
          new PublishedGap(
              from, until.isBefore(known) ? until : known, Cause.MISSING, "forgotten", 1));
    }
    for (PublishedGap gap : missed) {
      Instant start = from.isAfter(gap.start()) ? from : gap.start();
      Instant end = until.isBefore(gap.end()) ? until : gap.end();
      if (Duration.between(start, end).compareTo(Duration.ofMillis(1)) > 0) {
        parts.add(new PublishedGap(start, end, gap.cause(), gap.detail(), gap.revision()));
      }
    }
    return parts;
  }

  /// What lies between these times was seen after all.
  ///
  /// @return the gaps that are withdrawn or smaller now, and new ones for what is left of them
  List<Gap> fill(Instant streamStart, Instant from, Instant until) {
    List<Gap> told = new ArrayList<>();
    for (PublishedGap gap : List.copyOf(missed)) {
      if (!gap.start().isBefore(until) || !gap.end().isAfter(from)) {
        continue;
      }
      int at = missed.indexOf(gap);
      missed.remove(at);
      boolean headLeft = isLeft(gap.start(), from);
      if (headLeft) {
        PublishedGap head =
            new PublishedGap(gap.start(), from, gap.cause(), gap.detail(), gap.revision() + 1);
        missed.add(at++, head);
        told.add(result(streamStart, head, Status.CLOSED));
      } else {
        told.add(
            result(
                streamStart,
                new PublishedGap(
                    gap.start(), gap.end(), gap.cause(), gap.detail(), gap.revision() + 1),
                Status.WITHDRAWN));
      }
      if (isLeft(until, gap.end())) {
        PublishedGap tail = new PublishedGap(until, gap.end(), gap.cause(), gap.detail(), 1);
        missed.add(at, tail);
        told.add(result(streamStart, tail, Status.CLOSED));
      }
    }
    return told;
  }

  /// Less than the rounding of chunk times is nothing.
  private static boolean isLeft(Instant from, Instant until) {
    return Duration.between(from, until).compareTo(ChunkOrder.JOINT) > 0;
  }

  private Gap result(Instant streamStart, PublishedGap gap, Status status) {
    return result(StableIds.of("gap", stream, streamStart, gap.start()), streamStart, gap, status);
  }

  private Gap result(String id, Instant streamStart, PublishedGap gap, Status status) {
    return new Gap(
        id,
        gap.revision(),
        status,
        stream,
        new TimeSpan(
            gap.start(),
            gap.end(),
            Duration.between(streamStart, gap.start()).toMillis(),
            Duration.between(streamStart, gap.end()).toMillis()),
        gap.cause(),
        gap.detail());
  }

  List<PublishedGap> missed() {
    return List.copyOf(missed);
  }

  Optional<Instant> since() {
    return Optional.ofNullable(since);
  }
}
