package io.chronoscope.analysis.question;

import io.chronoscope.analysis.ChunkArchive.ChunkCursor;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Result.QuestionAnswer.NotSeen;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Decodes a stretch of a stream that was kept, no further than it is asked for, and notes what
/// could not be seen of it. Owns the frames until they are let go of.
final class RangeReader implements AutoCloseable {

  /// A bare record's timestamp that is later than this says that time was lost before it.
  private static final Duration SLACK = Duration.ofSeconds(1);

  /// Chunks that join do not join exactly.
  private static final Duration JOINT = Duration.ofMillis(100);

  /// So many chunks are held back until earlier ones that came late have had their chance.
  private static final int HELD = 3;

  private record Placed(Chunk chunk, Instant start) {}

  private final ChunkCursor stretch;
  private final ChunkReader chunks;
  private final PriorityQueue<Placed> held =
      new PriorityQueue<>(
          Comparator.comparing(Placed::start).thenComparing(p -> p.chunk.origin().offset()));
  private final Deque<SampledFrame> frames = new ArrayDeque<>();
  private final List<NotSeen> notSeen = new ArrayList<>();
  private @Nullable Instant first;
  private @Nullable Instant covered;
  private @Nullable String lost;
  private boolean over;

  RangeReader(ChunkCursor stretch, ChunkReader chunks) {
    this.stretch = stretch;
    this.chunks = chunks;
  }

  /// Reads until everything before `until` was seen or cannot be.
  void readTo(Instant until) {
    while (true) {
      Instant seen = covered;
      if (seen != null && !seen.isBefore(until)) {
        return;
      }
      fill();
      Placed next = held.peek();
      if (next == null || !next.start.isBefore(until)) {
        return;
      }
      take(held.remove());
    }
  }

  private void fill() {
    while (!over && held.size() <= HELD) {
      Optional<StreamInput> input = stretch.next();
      if (input.isEmpty()) {
        over = true;
        return;
      }
      switch (input.get()) {
        case Chunk chunk when chunk.declaredStart().isPresent() ->
            held.add(new Placed(chunk, chunk.declaredStart().get()));
        case Chunk bare -> {
          // Its place follows from the one before it.
          while (!held.isEmpty()) {
            take(held.remove());
          }
          held.add(new Placed(bare, inferred(bare)));
          return;
        }
        case Unreadable record -> lost = record.rejection().detail();
        case EndOfStream end -> {}
      }
    }
  }

  private Instant inferred(Chunk chunk) {
    Instant expected = covered;
    return expected == null || chunk.recordTime().isAfter(expected.plus(SLACK))
        ? chunk.recordTime()
        : expected;
  }

  private void take(Placed placed) {
    Instant start = placed.start.truncatedTo(ChronoUnit.MICROS);
    Instant before = covered;
    if (before != null && start.isAfter(before.plus(JOINT))) {
      String because = lost;
      notSeen.add(new NotSeen(before, start, because == null ? "no chunk is there" : because));
    }
    lost = null;
    Instant end;
    try {
      ChunkReader.Read read = chunks.read(placed.chunk, micros(start));
      frames.addAll(read.frames());
      for (MediaFacts.Gap hole : read.facts().gaps()) {
        notSeen.add(
            new NotSeen(
                start.plus(hole.fromMicros(), ChronoUnit.MICROS),
                start.plus(hole.untilMicros(), ChronoUnit.MICROS),
                "a chunk has no frame here"));
      }
      end = start.plus(read.facts().durationMicros(), ChronoUnit.MICROS);
    } catch (UnreadableMediaException e) {
      String because = "a chunk cannot be read: " + e.rejection().detail();
      if (placed.chunk.declaredDuration().isEmpty()) {
        // It reaches to where the next one begins.
        lost = because;
        covered = before == null || start.isAfter(before) ? start : before;
        first = first == null ? start : first;
        return;
      }
      end = start.plus(placed.chunk.declaredDuration().get());
      notSeen.add(new NotSeen(start, end, because));
    }
    first = first == null ? start : first;
    covered = before == null || end.isAfter(before) ? end : before;
  }

  /// Frames that were read and not let go of, in order.
  List<SampledFrame> frames() {
    return List.copyOf(frames);
  }

  void dropBefore(long micros) {
    while (!frames.isEmpty() && frames.getFirst().gridMicros() < micros) {
      frames.removeFirst().picture().close();
    }
  }

  /// To where it was read, or known not to be there; empty before the first chunk.
  Optional<Instant> covered() {
    return Optional.ofNullable(covered);
  }

  /// What of a stretch that was read to its end could not be seen.
  List<NotSeen> notSeen(Instant from, Instant to) {
    List<NotSeen> all = new ArrayList<>(notSeen);
    Instant begin = first;
    Instant end = covered;
    if (begin == null || end == null) {
      all.add(new NotSeen(from, to, whyNothing()));
    } else {
      if (begin.isAfter(from.plus(JOINT))) {
        all.add(
            new NotSeen(
                from,
                begin,
                stretch.earlierExpired() ? "no longer retained" : "no chunk is there"));
      }
      if (end.isBefore(to.minus(JOINT))) {
        String because = lost;
        all.add(new NotSeen(end, to, because == null ? "no chunk is there" : because));
      }
    }
    return all;
  }

  private String whyNothing() {
    String because = lost;
    if (because != null) {
      return because;
    }
    return stretch.earlierExpired() ? "no longer retained" : "no chunk is there";
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  @Override
  public void close() {
    frames.forEach(frame -> frame.picture().close());
    frames.clear();
    stretch.close();
  }
}
