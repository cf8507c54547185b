package io.chronoscope.qwen.decoder;

import java.util.ArrayList;
import java.util.List;

/// Sequences that decode together, each in a row of one KV cache. A sequence joins with the keys
/// and values of its prompt and leaves when it has ended; the last row then takes its place. All
/// rows have the room of the longest one, so only sequences of similar length share a batch. Used
/// by one thread.
final class RunningBatch implements AutoCloseable {

  /// Rows grow by this many tokens at least.
  private static final int MIN_GROWTH = 128;

  /// A sequence joins if neither it nor the longest one is longer than the other by this factor.
  private static final int MAX_LENGTH_RATIO = 2;

  private final LanePool lanes;
  private final List<StepSequence> rows = new ArrayList<>();
  private DecodeLane lane;

  /// @param first joins this batch
  /// @param from holds the prompt of `first` in its only row
  RunningBatch(LanePool lanes, StepSequence first, KvCache from) {
    this.lanes = lanes;
    this.lane = lanes.acquire(1, capacityFor(first.promptTokens()));
    add(first, from);
  }

  private static int capacityFor(int tokens) {
    int room = Math.max(MIN_GROWTH, tokens / 8);
    return Math.ceilDiv(tokens + room, MIN_GROWTH) * MIN_GROWTH;
  }

  int size() {
    return rows.size();
  }

  List<StepSequence> sequences() {
    return List.copyOf(rows);
  }

  /// Whether a sequence of this length wastes little memory here.
  boolean suits(int tokens) {
    int longest = longest();
    return tokens <= MAX_LENGTH_RATIO * longest && longest <= MAX_LENGTH_RATIO * tokens;
  }

  private int longest() {
    return rows.stream().mapToInt(StepSequence::lastCacheIndex).max().orElse(0);
  }

  /// @param from holds the prompt of `sequence` in its only row
  void join(StepSequence sequence, KvCache from) {
    int needed = Math.max(longest(), sequence.lastCacheIndex()) + 1;
    KvCache cache = lane.cache();
    if (rows.size() == cache.rows() || needed > cache.capacity()) {
      int count = rows.size() == cache.rows() ? 2 * cache.rows() : cache.rows();
      moveTo(
          lanes.acquire(count, needed > cache.capacity() ? capacityFor(needed) : cache.capacity()));
    }
    add(sequence, from);
  }

  private void add(StepSequence sequence, KvCache from) {
    int row = rows.size();
    lane.cache().copyRow(from, 0, row, sequence.promptTokens());
    lane.seen().clear(row);
    for (int id : sequence.request().prompt().tokenIds()) {
      lane.seen().mark(row, id);
    }
    lane.seen().mark(row, sequence.answer().lastToken());
    rows.add(sequence);
  }

  private void moveTo(DecodeLane larger) {
    for (int row = 0; row < rows.size(); row++) {
      larger.cache().copyRow(lane.cache(), row, row, rows.get(row).lastCacheIndex());
      larger.seen().copyRow(lane.seen(), row, row);
    }
    lanes.release(lane);
    lane = larger;
  }

  /// Removes a sequence, if it is here.
  void remove(StepSequence sequence) {
    int row = rows.indexOf(sequence);
    if (row < 0) {
      return;
    }
    StepSequence last = rows.removeLast();
    if (last != sequence) {
      lane.cache().copyRow(lane.cache(), rows.size(), row, last.lastCacheIndex());
      lane.seen().copyRow(lane.seen(), rows.size(), row);
      rows.set(row, last);
    }
  }

  /// Generates one token of each sequence, or several of an only one, and removes those that have
  /// ended.
  void step() {
    // The attention takes several tokens behind a cache for a batch of one only.
    if (rows.size() > 1 || !rows.getFirst().drafts() || !verify(rows.getFirst())) {
      stepByOne();
    }
    sequences().stream().filter(StepSequence::hasEnded).forEach(this::remove);
  }

  private void reserve(int tokens) {
    if (tokens > lane.cache().capacity()) {
      moveTo(lanes.acquire(lane.cache().rows(), capacityFor(tokens)));
    }
  }

  /// @return whether the sequence has got any tokens
  private boolean verify(StepSequence sequence) {
    int[] drafts = sequence.draft();
    reserve(sequence.lastCacheIndex() + DecodeLane.verified(drafts));
    List<SelectedToken> selected = lane.verify(sequence, drafts);
    int appended = sequence.append(drafts, selected);
    selected.subList(0, appended).forEach(token -> lane.seen().mark(0, token.id()));
    return appended > 0;
  }

  private void stepByOne() {
    reserve(longest() + 1);
    List<SelectedToken> selected = lane.run(rows);
    for (int row = 0; row < rows.size(); row++) {
      SelectedToken next = selected.get(row);
      rows.get(row).append(next);
      lane.seen().mark(row, next.id());
    }
  }

  @Override
  public void close() {
    lanes.release(lane);
  }
}
