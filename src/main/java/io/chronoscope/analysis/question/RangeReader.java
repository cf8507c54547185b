package io.chronoscope.analysis.question;

import io.chronoscope.analysis.ChunkArchive.ChunkCursor;
import io.chronoscope.analysis.ChunkTimes;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Result.QuestionAnswer.NotSeen;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.domain.UnreadableMediaException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Decodes a time range of a retained stream, on demand, and records which parts of it could not be
/// seen. Owns the range and the frames. For use by one thread.
final class RangeReader implements AutoCloseable {

  /// Buffers this many chunks beyond the next one, so that a late chunk is decoded in order.
  private static final int LOOKAHEAD = 3;

  private record Placed(Chunk chunk, Instant start) {}

  private record TimeRange(long fromMicros, long untilMicros) {}

  private final ChunkCursor cursor;
  private final ChunkReader chunks;
  private final PriorityQueue<Placed> buffered =
      new PriorityQueue<>(
          Comparator.comparing(Placed::start).thenComparing(p -> p.chunk.origin().offset()));
  private final Deque<SampledFrame> frames = new ArrayDeque<>();
  private final List<NotSeen> notSeen = new ArrayList<>();
  private final List<TimeRange> damage = new ArrayList<>();
  private @Nullable Instant first;
  private @Nullable Instant covered;
  private @Nullable String lost;
  private boolean ended;

  RangeReader(ChunkCursor cursor, ChunkReader chunks) {
    this.cursor = cursor;
    this.chunks = chunks;
  }

  /// Reads until everything before `until` was decoded or cannot be.
  void readTo(Instant until) {
    while (true) {
      Instant end = covered;
      if (end != null && !end.isBefore(until)) {
        return;
      }
      fill();
      Placed next = buffered.peek();
      if (next == null || !next.start.isBefore(until)) {
        return;
      }
      decode(buffered.remove());
    }
  }

  private void fill() {
    while (!ended && buffered.size() <= LOOKAHEAD) {
      Optional<StreamInput> input = cursor.next();
      if (input.isEmpty()) {
        ended = true;
        return;
      }
      switch (input.get()) {
        case Chunk chunk when chunk.declaredStart().isPresent() ->
            buffered.add(new Placed(chunk, chunk.declaredStart().get()));
        case Chunk bare -> {
          // Its start follows from the end of the chunk before it.
          while (!buffered.isEmpty()) {
            decode(buffered.remove());
          }
          buffered.add(new Placed(bare, ChunkTimes.startOf(bare, covered())));
          return;
        }
        case Unreadable record -> lost = record.rejection().detail();
        case EndOfStream end -> {}
      }
    }
  }

  private void decode(Placed placed) {
    Instant start = StreamClock.wholeMicros(placed.start);
    Instant before = covered;
    if (before != null && ChunkTimes.isGap(before, start)) {
      String because = lost;
      notSeen.add(new NotSeen(before, start, because == null ? "no chunk is there" : because));
    }
    lost = null;
    Instant end;
    try {
      ChunkReader.Read read = chunks.read(placed.chunk, StreamClock.epochMicros(start));
      frames.addAll(read.frames());
      for (MediaFacts.Gap gap : read.facts().gaps()) {
        notSeen.add(
            new NotSeen(
                StreamClock.plusMicros(start, gap.fromMicros()),
                StreamClock.plusMicros(start, gap.untilMicros()),
                switch (gap.cause()) {
                  case NO_FRAMES -> "a chunk has no frame here";
                  case DAMAGED -> "a chunk is damaged here";
                }));
      }
      long startMicros = StreamClock.epochMicros(start);
      for (MediaFacts.Damage one : read.facts().damage()) {
        damage.add(new TimeRange(startMicros + one.fromMicros(), startMicros + one.untilMicros()));
      }
      end = StreamClock.plusMicros(start, read.facts().durationMicros());
    } catch (UnreadableMediaException e) {
      String because = "a chunk cannot be read: " + e.rejection().detail();
      if (placed.chunk.declaredDuration().isEmpty()) {
        // It reaches to the start of the next one.
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

  /// The frames decoded and not yet dropped, in order.
  List<SampledFrame> frames() {
    return List.copyOf(frames);
  }

  /// How much of a range, read to its end, is damaged; longer damage is among what was not seen.
  ///
  /// @param fromMicros epoch microseconds
  long damagedMillis(long fromMicros, long untilMicros) {
    long micros =
        damage.stream()
            .mapToLong(one ->
                Math.min(one.untilMicros, untilMicros) - Math.max(one.fromMicros, fromMicros))
            .filter(length -> length > 0)
            .sum();
    return Math.round(micros / 1000.0);
  }

  /// Closes and removes frames before `micros` (epoch microseconds).
  void dropBefore(long micros) {
    while (!frames.isEmpty() && frames.getFirst().gridMicros() < micros) {
      frames.removeFirst().picture().close();
    }
  }

  /// End of what was decoded or is known to be missing; empty before the first chunk.
  Optional<Instant> covered() {
    return Optional.ofNullable(covered);
  }

  /// The parts of a range, read to its end, that could not be seen.
  List<NotSeen> notSeen(Instant from, Instant to) {
    List<NotSeen> all = new ArrayList<>(notSeen);
    Instant begin = first;
    Instant end = covered;
    if (begin == null || end == null) {
      all.add(new NotSeen(from, to, whyNothing()));
    } else {
      if (ChunkTimes.isGap(from, begin)) {
        all.add(
            new NotSeen(
                from, begin, cursor.earlierExpired() ? "no longer retained" : "no chunk is there"));
      }
      if (ChunkTimes.isGap(end, to)) {
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
    return cursor.earlierExpired() ? "no longer retained" : "no chunk is there";
  }

  @Override
  public void close() {
    frames.forEach(frame -> frame.picture().close());
    frames.clear();
    cursor.close();
  }
}
