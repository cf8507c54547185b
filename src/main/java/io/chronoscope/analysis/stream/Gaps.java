package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.ChunkTimes;
import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamPosition.PublishedGap;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The gaps of one timeline. Publishes each gap once it is final, and remembers the most recent
/// ones so that redriven chunks can fill them.
final class Gaps {

  /// How many gaps are remembered.
  static final int MAX_REMEMBERED = 256;

  /// Parts of gaps shorter than this are not worth repairing.
  private static final Duration SHORTEST_REPAIR = Duration.ofMillis(1);

  private final String stream;
  private final Instant streamStart;
  private final List<PublishedGap> remembered;
  private @Nullable Instant forgottenBefore;
  private long notSeenMicros;

  /// @param remembered the gaps published so far, as far as they are known
  /// @param forgottenBefore gaps before this time are no longer known
  /// @param notSeenMicros total length of all gaps so far
  Gaps(
      String stream,
      Instant streamStart,
      List<PublishedGap> remembered,
      Optional<Instant> forgottenBefore,
      long notSeenMicros) {
    this.stream = stream;
    this.streamStart = streamStart;
    this.remembered = new ArrayList<>(remembered);
    this.forgottenBefore = forgottenBefore.orElse(null);
    this.notSeenMicros = notSeenMicros;
  }

  /// Turns a gap that is final into a result.
  Gap publish(DetectedGap detected) {
    notSeenMicros += StreamClock.microsBetween(detected.from(), detected.until());
    PublishedGap gap =
        new PublishedGap(detected.from(), detected.until(), detected.cause(), detected.detail(), 1);
    if (gap.end().isAfter(gap.start())) {
      remembered.add(gap);
      if (remembered.size() > MAX_REMEMBERED) {
        forgottenBefore = remembered.removeFirst().end();
      }
    }
    return result(gap, Status.CLOSED);
  }

  /// Turns video that was received but not analyzed into results, except where another gap covers
  /// it. Nothing of it is missing, so a chunk that is sent again for that time changes nothing:
  /// these gaps are published and not remembered.
  List<Gap> publishNotAnalyzed(Instant from, Instant until, String detail) {
    List<Gap> published = new ArrayList<>();
    Instant start = from;
    for (PublishedGap gap :
        remembered.stream().sorted(Comparator.comparing(PublishedGap::start)).toList()) {
      if (gap.start().isBefore(until) && gap.end().isAfter(start)) {
        if (ChunkTimes.isGap(start, gap.start())) {
          published.add(notAnalyzed(start, gap.start(), detail));
        }
        start = gap.end();
      }
    }
    if (ChunkTimes.isGap(start, until)) {
      published.add(notAnalyzed(start, until, detail));
    }
    published.forEach(gap -> notSeenMicros += StreamClock.microsBetween(gap.start(), gap.end()));
    return published;
  }

  private Gap notAnalyzed(Instant from, Instant until, String detail) {
    return result(
        StableIds.of("gap", stream, streamStart, "not looked", from),
        new PublishedGap(from, until, Cause.NOT_LOOKED, detail, 1),
        Status.CLOSED);
  }

  /// Whether a gap overlaps these times, or may do so because it is no longer known.
  boolean overlaps(Instant from, Instant until) {
    return isForgotten(from) || !within(from, until).isEmpty();
  }

  private boolean isForgotten(Instant time) {
    return forgottenBefore != null && time.isBefore(forgottenBefore);
  }

  /// The parts of gaps between two times. Where gaps are no longer known, everything counts as one.
  List<PublishedGap> within(Instant from, Instant until) {
    List<PublishedGap> parts = new ArrayList<>();
    Instant known = forgottenBefore;
    if (known != null && from.isBefore(known)) {
      parts.add(
          new PublishedGap(
              from, until.isBefore(known) ? until : known, Cause.MISSING, "forgotten", 1));
    }
    for (PublishedGap gap : remembered) {
      Instant start = from.isAfter(gap.start()) ? from : gap.start();
      Instant end = until.isBefore(gap.end()) ? until : gap.end();
      if (Duration.between(start, end).compareTo(SHORTEST_REPAIR) > 0) {
        parts.add(new PublishedGap(start, end, gap.cause(), gap.detail(), gap.revision()));
      }
    }
    return parts;
  }

  /// Video for a range of absolute time was analyzed after all.
  ///
  /// @return the overlapping gaps, withdrawn or shortened, and new gaps for what remains behind the
  ///   range
  List<Gap> fill(Instant from, Instant until) {
    List<Gap> published = new ArrayList<>();
    for (PublishedGap gap : List.copyOf(remembered)) {
      if (!gap.start().isBefore(until) || !gap.end().isAfter(from)) {
        continue;
      }
      int at = remembered.indexOf(gap);
      remembered.remove(at);
      if (ChunkTimes.isGap(gap.start(), from)) {
        PublishedGap head = revised(gap, from);
        remembered.add(at++, head);
        published.add(result(head, Status.CLOSED));
      } else {
        published.add(result(revised(gap, gap.end()), Status.WITHDRAWN));
      }
      if (ChunkTimes.isGap(until, gap.end())) {
        PublishedGap tail = new PublishedGap(until, gap.end(), gap.cause(), gap.detail(), 1);
        remembered.add(at, tail);
        published.add(result(tail, Status.CLOSED));
      }
    }
    return published;
  }

  private static PublishedGap revised(PublishedGap gap, Instant end) {
    return new PublishedGap(gap.start(), end, gap.cause(), gap.detail(), gap.revision() + 1);
  }

  /// Subtracts video that was analyzed after all from the total.
  void recover(long micros) {
    notSeenMicros = Math.max(0, notSeenMicros - micros);
  }

  private Gap result(PublishedGap gap, Status status) {
    return result(StableIds.of("gap", stream, streamStart, gap.start()), gap, status);
  }

  private Gap result(String id, PublishedGap gap, Status status) {
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

  List<PublishedGap> remembered() {
    return List.copyOf(remembered);
  }

  Optional<Instant> forgottenBefore() {
    return Optional.ofNullable(forgottenBefore);
  }

  /// Total length of all gaps.
  long notSeenMicros() {
    return notSeenMicros;
  }
}
