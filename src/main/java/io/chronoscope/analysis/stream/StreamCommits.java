package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.stream.LifecycleState.Live;
import io.chronoscope.analysis.stream.LifecycleState.Restarting;
import io.chronoscope.analysis.stream.StreamLifecycle.Resumed;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.StreamClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Builds a stream's commits: with the results, it stores where the stream stands in its life
/// cycle, its timeline and its records, so that it can resume from there.
final class StreamCommits {

  /// How many starts of earlier timelines are remembered.
  private static final int MAX_EARLIER_STARTS = 64;

  private final String stream;
  private final Consumer<StreamCommit> sink;
  private final List<Instant> earlierStarts = new ArrayList<>();
  private @Nullable ChunkOrigin lastRead;
  private @Nullable StreamCommit lastCommit;

  /// @param sink makes a commit durable before it returns
  StreamCommits(String stream, Optional<Resumed> resumed, Consumer<StreamCommit> sink) {
    this.stream = stream;
    this.sink = sink;
    resumed.ifPresent(from -> {
      StreamPosition position = from.state().position();
      earlierStarts.addAll(position.earlierStarts());
      lastRead =
          new ChunkOrigin(from.from().topic(), from.from().partition(), position.lastReadOffset());
      lastCommit = new StreamCommit(stream, List.of(), Optional.of(from.state()), from.from());
    });
  }

  /// Whether a record was read before, so that its results are published.
  boolean wasRead(ChunkOrigin origin) {
    return lastRead != null && origin.offset() <= lastRead.offset();
  }

  boolean isLastRead(ChunkOrigin origin) {
    return origin.equals(lastRead);
  }

  boolean hasReadAnything() {
    return lastRead != null;
  }

  void read(ChunkOrigin origin) {
    lastRead = origin;
  }

  private ChunkOrigin lastRead() {
    ChunkOrigin origin = lastRead;
    if (origin == null) {
      throw new IllegalStateException("stream " + stream + " has not read a record");
    }
    return origin;
  }

  /// Commits results and the state after them.
  void commit(List<Result> results, Live state, ChunkOrder order) {
    StreamPosition position = position(state, order);
    long resumeFrom =
        position.needed().stream()
            .mapToLong(NeededRecord::offset)
            .min()
            .orElse(lastRead().offset());
    write(
        new StreamCommit(
            stream,
            results,
            isBlank(position)
                ? Optional.empty()
                : Optional.of(
                    state
                        .timeline()
                        .map(timeline -> timeline.state(position))
                        .orElseGet(
                            () -> StreamState.initial(stream, assumedStart(order), position))),
            new ChunkOrigin(lastRead().topic(), lastRead().partition(), resumeFrom)));
  }

  /// The same, unless there are no results and the state is the one that was committed last.
  void commitIfChanged(List<Result> results, Live state, ChunkOrder order) {
    StreamPosition position = position(state, order);
    boolean isCommitted =
        last().flatMap(StreamCommit::state).filter(s -> s.position().equals(position)).isPresent();
    if (!results.isEmpty() || !isCommitted) {
      commit(results, state, order);
    }
  }

  /// Commits the last results of a stream and deletes its state.
  void commitEnd(List<Result> results) {
    write(new StreamCommit(stream, results, Optional.empty(), lastRead()));
  }

  private void write(StreamCommit commit) {
    lastCommit = commit;
    sink.accept(commit);
  }

  private Optional<StreamCommit> last() {
    return Optional.ofNullable(lastCommit);
  }

  /// From where the stream resumes; empty before its first commit and once it has ended.
  Optional<Resumed> resumable() {
    return last()
        .flatMap(commit -> commit.state().map(state -> new Resumed(state, commit.resumeFrom())));
  }

  /// Nothing of the stream was decoded, buffered or closed, so that it can start from nothing
  /// again.
  private static boolean isBlank(StreamPosition position) {
    return !position.started()
        && position.needed().isEmpty()
        && position.nextSequence() == 0
        && position.earlierStarts().isEmpty();
  }

  StreamPosition position(Live state, ChunkOrder order) {
    TimelinePosition timeline =
        state.timeline().map(Timeline::position).orElse(TimelinePosition.START);
    List<NeededRecord> needed = new ArrayList<>(timeline.decoded());
    order.buffered().forEach(placed -> needed.add(undecoded(placed)));
    if (state instanceof Restarting restarting) {
      restarting.first().ifPresent(placed -> needed.add(undecoded(placed)));
    }
    return new StreamPosition(
        state.timeline().isPresent(),
        state.phase(),
        lastRead().offset(),
        order.watermark(),
        order.isUnreadableAtWatermark(),
        order.latestStart(),
        order.latestSequence(),
        order.nextSequence(),
        timeline.windowAnchor(),
        timeline.settledMicros(),
        timeline.partialMicros(),
        timeline.sampler(),
        needed,
        timeline.gaps(),
        timeline.gapsForgottenBefore(),
        timeline.notSeenMicros(),
        earlierStarts);
  }

  private static NeededRecord undecoded(PlacedChunk placed) {
    return new NeededRecord(
        placed.chunk().origin().offset(), placed.sequence(), placed.start(), Optional.empty());
  }

  /// Where a stream starts whose first chunk has not been decoded yet.
  private Instant assumedStart(ChunkOrder order) {
    return order.buffered().stream()
        .map(PlacedChunk::start)
        .findFirst()
        .or(order::latestStart)
        .orElse(Instant.EPOCH);
  }

  /// A timeline of the stream was closed, because the clock was set back.
  void addEarlierStart(Instant start) {
    earlierStarts.add(start);
    if (earlierStarts.size() > MAX_EARLIER_STARTS) {
      earlierStarts.removeFirst();
    }
  }

  boolean hasEarlierTimeline() {
    return !earlierStarts.isEmpty();
  }

  /// The first time at or after `start` at which no earlier timeline started: all ids derive from
  /// the start, so no two timelines may share it.
  Instant unusedStart(Instant start) {
    Instant unused = start;
    while (earlierStarts.contains(unused)) {
      unused = StreamClock.plusMicros(unused, 1);
    }
    return unused;
  }

  /// The last results of a stream that ends without a timeline: none, unless its clock was set back
  /// and nothing could be decoded since then.
  List<Result> endWithoutTimeline(ChunkOrder order) {
    if (!hasEarlierTimeline()) {
      return List.of();
    }
    Instant start = unusedStart(assumedStart(order));
    return List.of(StreamAggregator.emptyStreamEnd(stream, start));
  }
}
