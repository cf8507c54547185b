package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The memory in which a batch decodes, a row for each sequence, and the steps over it: the KV
/// cache and the tokens that a sequence contains. Used by one thread at a time.
final class DecodeLane implements AutoCloseable {

  /// Which rows a run computes, and from which memory.
  enum Runs {
    /// The rows in use, with their real lengths. There are tensors for each number of rows.
    ORDINARY,
    /// All rows, always at the same addresses and shapes, so that the runs can be captured as a
    /// CUDA graph. Idle rows compute one token that nobody reads. Inputs are copied to the device
    /// before a run, since a graph reads them at their address.
    CAPTURED
  }

  /// What the lanes of a decoder share.
  ///
  /// @param vocabSize tokens of which it is tracked whether a sequence contains them; 0 without a
  ///   repetition penalty
  record Model(
      Session session, KvCache.Allocator memory, int hiddenSize, int vocabSize, Runs runs) {}

  /// A product of a single row is computed by another kernel than one of several rows, which rounds
  /// in another order. With a second token, which nobody reads, an answer does not depend on
  /// whether there were drafts.
  private static final int LEAST_VERIFIED = 2;

  private final Model model;
  private final KvCache cache;
  private final SeenTokens seen;
  private final Map<BoundStep.Shape, BoundStep> steps = new HashMap<>();

  /// @param capacity tokens for which each row has room
  DecodeLane(Model model, int rows, int capacity) {
    this.model = model;
    this.cache = model.memory().allocate(rows, capacity);
    this.seen = SeenTokens.allocate(model.session(), rows, model.vocabSize());
  }

  KvCache cache() {
    return cache;
  }

  /// The tokens that the sequence of each row contains.
  SeenTokens seen() {
    return seen;
  }

  /// Computes one token of each sequence.
  ///
  /// @param sequences in the rows from 0 on
  /// @return in their order
  List<SelectedToken> run(List<StepSequence> sequences) {
    int rows =
        switch (model.runs()) {
          case ORDINARY -> sequences.size();
          case CAPTURED -> cache.rows();
        };
    return step(new BoundStep.Shape(rows, 1)).run(sequences);
  }

  /// Computes the last token of the only sequence and draft tokens behind it, at the positions and
  /// in the places of the cache that they have if they are right. Those that are not stay behind
  /// the sequence's last token in the cache, where the next step overwrites them.
  ///
  /// @param sequence in row 0
  /// @param drafts may be none
  /// @return what follows the last token, and what follows each draft token
  List<SelectedToken> verify(StepSequence sequence, int[] drafts) {
    return step(new BoundStep.Shape(1, verified(drafts))).run(sequence, drafts, seen);
  }

  /// Tokens that a step with these drafts computes; the cache must have room for them.
  static int verified(int[] drafts) {
    return Math.max(LEAST_VERIFIED, 1 + drafts.length);
  }

  private BoundStep step(BoundStep.Shape shape) {
    return steps.computeIfAbsent(shape, of -> new BoundStep(model, cache, seen, of));
  }

  @Override
  public void close() {
    steps.values().forEach(BoundStep::close);
    steps.clear();
    cache.close();
    seen.close();
  }
}
