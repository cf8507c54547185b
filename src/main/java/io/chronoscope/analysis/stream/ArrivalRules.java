package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.ChunkTimes.ROUNDING;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiPredicate;

/// Classifies a chunk that arrives while its stream is running: in order, duplicate, late, filling
/// a gap, or from a clock that was set back. Depends on declared times and numbers only, never on
/// when the chunk arrives.
///
/// @param allowedLateness by how much a chunk may start before the watermark and still be late
///   rather than from another clock
record ArrivalRules(Duration allowedLateness) {

  /// How far the stream has progressed.
  ///
  /// @param watermark time before which it has been decoded or is known to be missing
  /// @param latestStart latest start of any chunk received
  /// @param latestSequence sequence number of that chunk
  record Progress(Instant watermark, Instant latestStart, long latestSequence) {}

  /// @param overlapsGap whether a published gap overlaps a range of absolute time
  Arrival classify(
      PlacedChunk chunk, Progress progress, BiPredicate<Instant, Instant> overlapsGap) {
    Instant start = chunk.start();
    Instant watermark = progress.watermark();
    boolean redriven = chunk.chunk().redriven();
    if (redriven && start.isAfter(progress.latestStart().plus(allowedLateness))) {
      return new Arrival.Late(
          "it starts at %s and was redriven, but its stream is only at %s"
              .formatted(start, progress.latestStart()));
    }
    if (!start.isBefore(watermark.minus(ROUNDING))) {
      return new Arrival.Buffered();
    }
    boolean isWithinLateness = !start.isBefore(watermark.minus(allowedLateness));
    Optional<Instant> declaredEnd = chunk.declaredEnd();
    boolean surelyExtends =
        declaredEnd.filter(end -> end.isAfter(watermark.plus(ROUNDING))).isPresent();
    if (redriven) {
      return overlapsGap.test(start, declaredEnd.orElse(watermark))
          ? new Arrival.FillsGap()
          : surelyExtends ? new Arrival.Buffered() : new Arrival.Duplicate();
    }
    if (isWithinLateness && surelyExtends) {
      return new Arrival.Buffered();
    }
    boolean isNewer =
        chunk.isNumbered()
            ? chunk.sequence() > progress.latestSequence()
            : chunk.hasDeclaredStart();
    boolean isUnnumberedOverlap = surelyExtends && !chunk.isNumbered();
    if (!isWithinLateness && isNewer && !isUnnumberedOverlap) {
      boolean isInGap = !chunk.isNumbered() && overlapsGap.test(start, start.plus(ROUNDING));
      return isInGap ? late(start, progress) : new Arrival.ClockSetBack();
    }
    if (overlapsGap.test(start, declaredEnd.orElse(start.plus(ROUNDING)))) {
      return late(start, progress);
    }
    return surelyExtends || (isWithinLateness && declaredEnd.isEmpty())
        ? new Arrival.Buffered()
        : new Arrival.Duplicate();
  }

  private Arrival.Late late(Instant start, Progress progress) {
    return new Arrival.Late(
        "it starts at %s, %.3f s before the watermark at %s, up to which its stream is analyzed (latest start: %s); allowed lateness is %.3f s"
            .formatted(
                start,
                Duration.between(start, progress.watermark()).toMillis() / 1e3,
                progress.watermark(),
                progress.latestStart(),
                allowedLateness.toMillis() / 1e3));
  }
}
