package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.ChunkTimes.ROUNDING;
import static io.chronoscope.analysis.ChunkTimes.TIMESTAMP_JITTER;

import io.chronoscope.analysis.ChunkTimes;
import io.chronoscope.analysis.OrderingLimits;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.StreamInput.Chunk;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Reorders a stream's chunks by time before they are decoded. A chunk that would leave a gap is
/// buffered until the missing one arrives, or until the allowed lateness has passed. Decisions
/// depend on the chunks and their order only, never on when they arrive.
final class ChunkOrder {

  /// Most chunks buffered: the stream's state lists each of them, and must fit into a record.
  static final int MAX_BUFFERED_CHUNKS = 1000;

  private static final String UNREADABLE = "the chunk for this time could not be read";

  private static final Comparator<PlacedChunk> BY_TIME =
      Comparator.comparing(PlacedChunk::start)
          .thenComparing(PlacedChunk::sequence)
          .thenComparing(placed -> placed.chunk().origin().offset());

  private final OrderingLimits limits;
  private final ArrivalRules rules;
  private final List<PlacedChunk> buffer = new ArrayList<>();
  private @Nullable Instant watermark;
  private @Nullable Instant latestStart;
  private boolean unreadableAtWatermark;
  private long latestSequence = -1;
  private long nextSequence;

  ChunkOrder(OrderingLimits limits) {
    this.limits = limits;
    this.rules = new ArrivalRules(limits.allowedLateness());
  }

  ChunkOrder(OrderingLimits limits, StreamPosition position) {
    this(limits);
    this.watermark = position.watermark().orElse(null);
    this.latestStart = position.latestStart().orElse(null);
    this.unreadableAtWatermark = position.unreadableAtWatermark();
    this.latestSequence = position.latestSequence();
    this.nextSequence = position.nextSequence();
  }

  /// Starts over with the first chunk of a new timeline, once everything buffered was drained.
  void restartWith(PlacedChunk first) {
    buffer.clear();
    watermark = null;
    unreadableAtWatermark = false;
    latestStart = first.start();
    latestSequence = first.sequence();
    nextSequence = first.sequence();
    restore(first);
  }

  /// What to do next, in time order.
  sealed interface Move {

    record Decode(PlacedChunk chunk) implements Move {}

    /// Move the watermark across time for which no chunk arrived, or is waited for any longer.
    record SkipGap(DetectedGap gap) implements Move {}
  }

  PlacedChunk place(Chunk chunk) {
    return new PlacedChunk(
        chunk, chunk.sequence().orElse(latestSequence + 1), ChunkTimes.startOf(chunk, watermark()));
  }

  /// @param overlapsGap whether a published gap overlaps a range of absolute time
  Arrival add(PlacedChunk chunk, BiPredicate<Instant, Instant> overlapsGap) {
    Arrival arrival = classify(chunk, overlapsGap);
    if (arrival instanceof Arrival.Buffered) {
      restore(chunk);
      Instant latest = latestStart;
      if (latest == null || chunk.start().isAfter(latest)) {
        latestStart = chunk.start();
        latestSequence = chunk.sequence();
      }
    }
    return arrival;
  }

  private Arrival classify(PlacedChunk chunk, BiPredicate<Instant, Instant> overlapsGap) {
    boolean isBuffered =
        buffer.stream()
            .anyMatch(other ->
                other.sequence() == chunk.sequence() && other.start().equals(chunk.start()));
    if (isBuffered) {
      return new Arrival.Duplicate();
    }
    Instant reached = watermark;
    Instant latest = latestStart;
    return reached == null || latest == null
        ? new Arrival.Buffered()
        : rules.classify(
            chunk, new ArrivalRules.Progress(reached, latest, latestSequence), overlapsGap);
  }

  /// Buffers a chunk that was classified before.
  void restore(PlacedChunk chunk) {
    buffer.add(chunk);
    buffer.sort(BY_TIME);
  }

  /// The next move, waiting for missing chunks.
  ///
  /// @return empty when another chunk has to arrive first
  Optional<Move> next() {
    return next(Waiting.FOR_MISSING_CHUNKS);
  }

  /// The next move when no more chunks are waited for.
  ///
  /// @return empty when nothing is buffered
  Optional<Move> drain() {
    return next(Waiting.FOR_NOTHING);
  }

  private enum Waiting {
    FOR_MISSING_CHUNKS,
    FOR_NOTHING
  }

  private Optional<Move> next(Waiting waiting) {
    if (buffer.isEmpty()) {
      return Optional.empty();
    }
    PlacedChunk first = buffer.getFirst();
    Instant reached = watermark;
    if (reached == null) {
      // A stream that was joined midway may start with a chunk that is still to arrive.
      boolean isStreamStart = !first.isNumbered() || first.sequence() <= nextSequence;
      return isStreamStart || givesUp(waiting, first.start())
          ? Optional.of(new Move.Decode(first))
          : Optional.empty();
    }
    boolean skipsNumbers = first.isNumbered() && first.sequence() > nextSequence;
    Duration tolerance = skipsNumbers ? ROUNDING : TIMESTAMP_JITTER;
    if (!first.start().isAfter(reached.plus(tolerance))) {
      return Optional.of(new Move.Decode(first));
    }
    if (first.isNumbered() && !skipsNumbers) {
      return Optional.of(new Move.SkipGap(clockGap(reached, first)));
    }
    return !first.hasDeclaredStart() || givesUp(waiting, reached)
        ? Optional.of(new Move.SkipGap(missingGap(reached, first, skipsNumbers)))
        : Optional.empty();
  }

  private DetectedGap clockGap(Instant reached, PlacedChunk first) {
    return new DetectedGap(
        reached,
        first.start(),
        unreadableAtWatermark ? Cause.UNREADABLE : Cause.CLOCK,
        unreadableAtWatermark
            ? UNREADABLE
            : "chunk %d continues the sequence, but starts %.3f s after the chunk before it ended"
                .formatted(
                    first.sequence(), Duration.between(reached, first.start()).toMillis() / 1e3));
  }

  private DetectedGap missingGap(Instant reached, PlacedChunk first, boolean skipsNumbers) {
    return new DetectedGap(
        reached,
        first.start(),
        unreadableAtWatermark && !skipsNumbers ? Cause.UNREADABLE : Cause.MISSING,
        skipsNumbers
            ? "chunks %d to %d are missing".formatted(nextSequence, first.sequence() - 1)
            : "no chunk arrived");
  }

  /// Whether a chunk that would start at `missing` is no longer waited for.
  private boolean givesUp(Waiting waiting, Instant missing) {
    Instant latest = latestStart;
    return waiting == Waiting.FOR_NOTHING
        || (latest != null && !latest.isBefore(missing.plus(limits.allowedLateness())))
        || bufferedBytes() > limits.maxBufferedBytes()
        || buffer.size() > MAX_BUFFERED_CHUNKS;
  }

  private long bufferedBytes() {
    return buffer.stream().mapToLong(placed -> placed.chunk().sizeBytes()).sum();
  }

  /// Removes the chunk of a [Move.Decode] that was decoded, or that is shed.
  ///
  /// @param end absolute
  /// @return whether it moved the watermark
  boolean advance(PlacedChunk chunk, Instant end) {
    buffer.remove(chunk);
    Instant reached = watermark;
    boolean extendsStream = reached == null || end.isAfter(reached);
    if (extendsStream) {
      watermark = end;
      nextSequence = chunk.sequence() + 1;
      unreadableAtWatermark = false;
    }
    return extendsStream;
  }

  /// Removes the chunk of a [Move.Decode] that could not be decoded.
  ///
  /// @return the gap that it leaves, if its length is known
  Optional<DetectedGap> discard(PlacedChunk chunk) {
    buffer.remove(chunk);
    nextSequence = Math.max(nextSequence, chunk.sequence() + 1);
    Instant reached = watermark;
    Optional<Instant> end =
        chunk.declaredEnd().filter(until -> reached != null && until.isAfter(reached));
    if (reached == null || end.isEmpty()) {
      unreadableAtWatermark = reached != null && chunk.declaredEnd().isEmpty();
      return Optional.empty();
    }
    watermark = end.get();
    return Optional.of(new DetectedGap(reached, end.get(), Cause.UNREADABLE, UNREADABLE));
  }

  /// Moves the watermark across the gap of a [Move.SkipGap].
  void advance(DetectedGap gap) {
    watermark = gap.until();
    unreadableAtWatermark = false;
  }

  /// In time order.
  List<PlacedChunk> buffered() {
    return List.copyOf(buffer);
  }

  /// Time before which the stream has been decoded or is known to be missing; empty before the
  /// first chunk was decoded.
  Optional<Instant> watermark() {
    return Optional.ofNullable(watermark);
  }

  /// Latest start of any chunk received.
  Optional<Instant> latestStart() {
    return Optional.ofNullable(latestStart);
  }

  boolean isUnreadableAtWatermark() {
    return unreadableAtWatermark;
  }

  long latestSequence() {
    return latestSequence;
  }

  long nextSequence() {
    return nextSequence;
  }
}
