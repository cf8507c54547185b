package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.OrderingLimits;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.WindowAnchor;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.StreamInput.Chunk;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Puts a stream's chunks into their order in time, before they are decoded. A chunk that would
/// leave a hole is held back until what is missing has come, or until it is too late for that. All
/// decisions follow from the chunks and from their order, none from when they came.
///
/// A chunk's time is its producer's, else inferred: a bare record is taken to begin where the one
/// before it ended, as long as its timestamp does not say that time was lost in between; records
/// that are written faster than they play must not overlap.
final class ChunkOrder {

  /// Timestamps of a live producer waver; a smaller distance is no gap, unless numbers say that a
  /// chunk is missing there.
  static final Duration SLACK = Duration.ofSeconds(1);

  /// Containers and envelopes round times, so chunks that join do not join exactly.
  static final Duration JOINT = Duration.ofMillis(50);

  /// The stream's state names each chunk that is held back, so however small they are, there are no
  /// more of them.
  static final int MOST_HELD = 1000;

  private static final Comparator<Placed> BY_TIME =
      Comparator.comparing(Placed::start)
          .thenComparing(Placed::sequence)
          .thenComparing(placed -> placed.chunk().origin().offset());

  private final OrderingLimits limits;
  private final List<Placed> held = new ArrayList<>();
  private @Nullable Instant covered;
  private @Nullable Instant newest;
  private boolean unreadable;
  private long newestSequence = -1;
  private long nextSequence;

  ChunkOrder(OrderingLimits limits) {
    this.limits = limits;
  }

  ChunkOrder(OrderingLimits limits, StreamPosition timing) {
    this(limits);
    this.covered = timing.watermark().orElse(null);
    this.newest = timing.latestStart().orElse(null);
    this.unreadable = timing.unreadableAtWatermark();
    this.newestSequence = timing.latestSequence();
    this.nextSequence = timing.nextSequence();
  }

  /// For a stream whose first chunk is known.
  static ChunkOrder beginningWith(OrderingLimits limits, Placed first) {
    ChunkOrder order = new ChunkOrder(limits);
    order.nextSequence = first.sequence();
    order.newest = first.start();
    order.newestSequence = first.sequence();
    order.hold(first);
    return order;
  }

  /// A chunk and its place in the stream.
  ///
  /// @param start absolute time of presentation time zero, in whole microseconds
  record Placed(Chunk chunk, long sequence, Instant start) {

    boolean numbered() {
      return chunk.sequence().isPresent();
    }

    boolean declared() {
      return chunk.declaredStart().isPresent();
    }

    /// As far as the producer said.
    Optional<Instant> end() {
      return chunk
          .declaredDuration()
          .filter(Duration::isPositive)
          .map(lasts -> start.plus(lasts.truncatedTo(ChronoUnit.MICROS)));
    }
  }

  /// What becomes of a chunk that came.
  sealed interface Arrival {
    /// It is in its place; [#next] gives it when its turn comes.
    record Queued() implements Arrival {}

    /// All of its time was seen already.
    record Known() implements Arrival {}

    /// It is too late.
    record Late(String detail) implements Arrival {}

    /// It was too late, and is now sent again for what was missed.
    record Repairs() implements Arrival {}

    /// It follows by its number but lies before what was seen: the producer's clock was set back.
    record SetBack() implements Arrival {}
  }

  /// What comes next in time.
  sealed interface Move {
    record Take(Placed chunk) implements Move {}

    /// Nothing came, or will be waited for, between these times.
    record Hole(Instant from, Instant until, Cause cause, String detail) implements Move {}
  }

  Placed place(Chunk chunk) {
    Instant start = chunk.declaredStart().orElseGet(() -> inferred(chunk));
    return new Placed(
        chunk, chunk.sequence().orElse(newestSequence + 1), start.truncatedTo(ChronoUnit.MICROS));
  }

  private Instant inferred(Chunk chunk) {
    Instant expected = covered;
    return expected == null || chunk.recordTime().isAfter(expected.plus(SLACK))
        ? chunk.recordTime()
        : expected;
  }

  /// @param missed whether something that was missed lies between two times
  Arrival add(Placed chunk, BiPredicate<Instant, Instant> missed) {
    Arrival arrival = judge(chunk, missed);
    if (arrival instanceof Arrival.Queued) {
      hold(chunk);
      Instant latest = newest;
      if (latest == null || chunk.start().isAfter(latest)) {
        newest = chunk.start();
        newestSequence = chunk.sequence();
      }
    }
    return arrival;
  }

  /// Puts back a chunk that was held when the stream stopped.
  void hold(Placed chunk) {
    held.add(chunk);
    held.sort(BY_TIME);
  }

  private Arrival judge(Placed chunk, BiPredicate<Instant, Instant> missed) {
    Instant start = chunk.start();
    Instant end = covered;
    Instant latest = newest;
    boolean again = chunk.chunk().redriven();
    if (held.stream()
        .anyMatch(other -> other.sequence() == chunk.sequence() && other.start().equals(start))) {
      return new Arrival.Known();
    }
    if (end == null || latest == null) {
      return new Arrival.Queued();
    }
    if (again && start.isAfter(latest.plus(limits.allowedLateness()))) {
      return new Arrival.Late(
          "it begins at %s and was sent again, but its stream is at %s only"
              .formatted(start, latest));
    }
    if (!start.isBefore(end.minus(JOINT))) {
      return new Arrival.Queued();
    }
    boolean withinGrace = !start.isBefore(end.minus(limits.allowedLateness()));
    Optional<Instant> chunkEnd = chunk.end();
    boolean addsSurely = chunkEnd.filter(until -> until.isAfter(end.plus(JOINT))).isPresent();
    boolean newer = chunk.numbered() ? chunk.sequence() > newestSequence : chunk.declared();
    if (again) {
      return missed.test(start, chunkEnd.orElse(end))
          ? new Arrival.Repairs()
          : addsSurely ? new Arrival.Queued() : new Arrival.Known();
    }
    if (withinGrace && addsSurely) {
      return new Arrival.Queued();
    }
    if (!withinGrace && newer && !(addsSurely && !chunk.numbered())) {
      boolean filled = !chunk.numbered() && missed.test(start, start.plus(JOINT));
      return filled ? late(start, end, latest) : new Arrival.SetBack();
    }
    if (missed.test(start, chunkEnd.orElse(start.plus(JOINT)))) {
      return late(start, end, latest);
    }
    return addsSurely || (withinGrace && chunkEnd.isEmpty())
        ? new Arrival.Queued()
        : new Arrival.Known();
  }

  private Arrival.Late late(Instant start, Instant end, Instant latest) {
    return new Arrival.Late(
        "it begins at %s and came %.3f s late, when its stream was at %s and done up to %s; %.3f s are waited"
            .formatted(
                start,
                Duration.between(start, latest).toMillis() / 1e3,
                latest,
                end,
                limits.allowedLateness().toMillis() / 1e3));
  }

  /// @param all whether nothing more is waited for
  /// @return empty when the next chunk has to come first
  Optional<Move> next(boolean all) {
    if (held.isEmpty()) {
      return Optional.empty();
    }
    Placed first = held.getFirst();
    Instant end = covered;
    if (end == null) {
      // A stream that was joined in its middle may have begun with a chunk that is still to come.
      boolean begins = !first.numbered() || first.sequence() <= nextSequence;
      return begins || all || isTooLateFor(first.start()) ? take(first) : Optional.empty();
    }
    boolean skips = first.numbered() && first.sequence() > nextSequence;
    if (!first.start().isAfter(end.plus(skips ? JOINT : SLACK))) {
      return take(first);
    }
    if (first.numbered() && !skips) {
      return Optional.of(
          new Move.Hole(
              end,
              first.start(),
              unreadable ? Cause.UNREADABLE : Cause.CLOCK,
              unreadable
                  ? "the chunk that comes here could not be read"
                  : "chunk %d follows by its number, but begins %.3f s after the one before it ended"
                      .formatted(first.sequence(), seconds(end, first.start()))));
    }
    if (all || !first.declared() || isTooLateFor(end)) {
      return Optional.of(
          new Move.Hole(
              end,
              first.start(),
              unreadable && !skips ? Cause.UNREADABLE : Cause.MISSING,
              skips
                  ? "chunks %d to %d did not come".formatted(nextSequence, first.sequence() - 1)
                  : "no chunk came"));
    }
    return Optional.empty();
  }

  private Optional<Move> take(Placed first) {
    return Optional.of(new Move.Take(first));
  }

  private boolean isTooLateFor(Instant missing) {
    Instant latest = newest;
    return (latest != null && !latest.isBefore(missing.plus(limits.allowedLateness())))
        || heldBytes() > limits.maxBufferedBytes()
        || held.size() > MOST_HELD;
  }

  private static double seconds(Instant from, Instant until) {
    return Duration.between(from, until).toMillis() / 1e3;
  }

  /// The chunk at the head was decoded.
  ///
  /// @param end absolute
  /// @return whether it reaches beyond what was covered
  boolean took(Placed chunk, Instant end) {
    held.remove(chunk);
    Instant before = covered;
    boolean adds = before == null || end.isAfter(before);
    if (adds) {
      covered = end;
      nextSequence = chunk.sequence() + 1;
      unreadable = false;
    }
    return adds;
  }

  /// The chunk at the head cannot be read.
  ///
  /// @return the stretch that is lost with it, when that is known
  Optional<Move.Hole> lost(Placed chunk) {
    held.remove(chunk);
    nextSequence = Math.max(nextSequence, chunk.sequence() + 1);
    Instant from = covered;
    Optional<Instant> until = chunk.end().filter(end -> from != null && end.isAfter(from));
    if (from == null || until.isEmpty()) {
      unreadable = from != null && chunk.end().isEmpty();
      return Optional.empty();
    }
    covered = until.get();
    return Optional.of(
        new Move.Hole(
            from, until.get(), Cause.UNREADABLE, "the chunk that comes here could not be read"));
  }

  /// What lies before that time is no longer waited for.
  void pass(Move.Hole hole) {
    covered = hole.until();
    unreadable = false;
  }

  /// A held chunk whose record is gone is not waited for.
  List<Placed> held() {
    return List.copyOf(held);
  }

  long heldBytes() {
    return held.stream().mapToLong(placed -> placed.chunk().sizeBytes()).sum();
  }

  Optional<Instant> covered() {
    return Optional.ofNullable(covered);
  }

  Optional<Instant> newest() {
    return Optional.ofNullable(newest);
  }

  boolean unreadable() {
    return unreadable;
  }

  long newestSequence() {
    return newestSequence;
  }

  long nextSequence() {
    return nextSequence;
  }

  /// Where a stream stands of which no chunk was seen yet.
  StreamPosition notBegun(
      StreamPosition.Phase phase,
      long readThrough,
      List<StreamPosition.NeededRecord> needed,
      List<Instant> earlier) {
    return new StreamPosition(
        false,
        phase,
        readThrough,
        covered(),
        unreadable,
        newest(),
        newestSequence,
        nextSequence,
        WindowAnchor.STREAM_START,
        0,
        0,
        StreamPosition.SAMPLER_START,
        needed,
        List.of(),
        Optional.empty(),
        0,
        earlier);
  }
}
