package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.decoder.PrefixCache.Prefix;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Sequences that are being answered: each is prefilled part by part, then decodes together with
/// the others until it ends. Sequences may be started and removed between any two calls. Used by
/// one thread.
public final class StepBatch implements AutoCloseable {

  private final Session session;
  private final TextConfig text;
  private final GreedySelection selection;
  private final KvCache.Shape shape;
  private final StepSettings settings;
  private final PrefixCache prefixes;
  private final List<StepSequence> prefilling = new ArrayList<>();
  private final List<RunningBatch> running = new ArrayList<>();

  StepBatch(
      Session session,
      TextConfig text,
      GreedySelection selection,
      KvCache.Shape shape,
      StepSettings settings,
      PrefixCache prefixes) {
    this.session = session;
    this.text = text;
    this.selection = selection;
    this.shape = shape;
    this.settings = settings;
    this.prefixes = prefixes;
  }

  /// Starts a sequence; nothing is computed yet.
  ///
  /// @throws IllegalArgumentException when a prompt and its answer exceed the model's positions, or
  ///   a prompt's visual tokens do not match its embeddings
  public StepSequence start(DecodeRequest request) {
    request.check(text);
    StepSequence sequence =
        new StepSequence(
            request,
            selection.generation().eosTokenIds(),
            text.hiddenSize(),
            settings.maxPrefixBytes() == 0 ? 0 : request.sharedTokens());
    prefilling.add(sequence);
    return sequence;
  }

  /// Number of sequences that are decoding.
  public int decoding() {
    return running.stream().mapToInt(RunningBatch::size).sum();
  }

  /// Computes the next part of a prompt that is not computed yet. With the last part the first
  /// token is selected, and the sequence starts to decode or has ended.
  ///
  /// @return tokens computed
  public int prefill(StepSequence sequence) {
    if (!prefilling.contains(sequence)) {
      throw new IllegalStateException("the prompt is computed, or was removed");
    }
    long start = System.nanoTime();
    int computed = sequence.sharedTokens() > 0 ? prefillShared(sequence) : prefillOwn(sequence);
    sequence.addPrefillNanos(System.nanoTime() - start);
    return computed;
  }

  private int prefillOwn(StepSequence sequence) {
    if (sequence.own().isEmpty()) {
      sequence.setOwn(new KvCache(shape, 1, sequence.promptTokens()));
    }
    KvCache cache = sequence.own().orElseThrow();
    int from = sequence.computedTokens();
    int until = Math.min(sequence.promptTokens(), from + settings.prefillChunk());
    run(sequence, cache, from, until);
    if (sequence.isPrefilled()) {
      prefilled(sequence, cache);
    }
    return until - from;
  }

  /// Continues the longest beginning that is in the cache. The tail of the prompt, behind what
  /// others share, is computed in one call, in memory that the prefix has free behind it.
  private int prefillShared(StepSequence sequence) {
    Prefix prefix =
        prefixes.acquire(sequence.content(), sequence.sharedTokens(), sequence.prefix());
    try {
      pin(sequence, prefix);
      int from = prefix.tokens();
      sequence.start(from);
      int shared = sequence.sharedTokens();
      int at = from;
      do {
        int until = Math.min(sequence.promptTokens(), at + settings.prefillChunk());
        run(sequence, prefix.cache(), at, until);
        prefix.extendTo(Math.min(shared, until));
        at = until;
      } while (at >= shared && at < sequence.promptTokens());
      if (sequence.isPrefilled()) {
        prefilled(sequence, prefix.cache());
      }
      return at - from;
    } finally {
      prefixes.release(prefix);
    }
  }

  private void pin(StepSequence sequence, Prefix prefix) {
    if (sequence.prefix().filter(prefix::equals).isEmpty()) {
      sequence.prefix().ifPresent(prefixes::unpin);
      prefixes.pin(prefix);
      sequence.setPrefix(prefix);
    }
  }

  /// Computes a part of a prompt and, if it is the last one, selects the first token.
  private void run(StepSequence sequence, KvCache cache, int from, int until) {
    boolean last = until == sequence.promptTokens();
    Map<String, NativeTensor> inputs = new HashMap<>();
    Map<String, NativeTensor> outputs = new HashMap<>();
    NativeTensor selected = NativeTensor.allocate(ElementType.INT64, 1);
    NativeTensor logitSum = NativeTensor.allocate(ElementType.FLOAT32, 1);
    NativeTensor logits = NativeTensor.allocate(ElementType.FLOAT32, 1, text.vocabSize());
    try {
      PromptContent content = sequence.content();
      inputs.put(StepGraph.TOKENS, content.tokenIds(from, until));
      inputs.put(StepGraph.POSITIONS, content.positions(from, until));
      inputs.put(StepGraph.VISUAL, content.visual(from, until));
      inputs.put(StepGraph.VISUAL_INDICES, content.visualIndices(from, until));
      inputs.put(StepGraph.LAST_TOKEN, NativeTensor.ofLongs(new long[] {until - from - 1}, 1, 1));
      inputs.put(StepGraph.LAST_CACHE_INDEX, NativeTensor.ofInts(new int[] {until - 1}, 1));
      inputs.put(StepGraph.TOTAL_LENGTH, NativeTensor.ofInts(new int[] {until}, 1));
      if (selection.penalizesRepetition()) {
        inputs.put(StepGraph.SEEN, seen(sequence));
      }
      StepGraph.bindCache(cache.firstRows(1), inputs, outputs);
      outputs.put(StepGraph.SELECTED, selected);
      outputs.put(StepGraph.LOGIT_SUMS, logitSum);
      outputs.put(StepGraph.LOGITS, logits);
      session.run(inputs, Set.of(), outputs);
      sequence.setComputed(until);
      if (last) {
        sequence.appendFirst(
            logits.toFloats(), (int) selected.toLongs()[0], logitSum.toFloats()[0]);
      }
    } finally {
      inputs.values().forEach(NativeTensor::close);
      List.of(selected, logitSum, logits).forEach(NativeTensor::close);
    }
  }

  private NativeTensor seen(StepSequence sequence) {
    NativeTensor seen = NativeTensor.allocate(ElementType.BOOL, 1, text.vocabSize());
    for (int id : sequence.request().prompt().tokenIds()) {
      seen.memory().set(ValueLayout.JAVA_BYTE, id, (byte) 1);
    }
    return seen;
  }

  /// @param cache holds the prompt
  private void prefilled(StepSequence sequence, KvCache cache) {
    if (!sequence.hasEnded()) {
      int length = sequence.promptTokens();
      running.stream()
          .filter(batch -> batch.suits(length))
          .findFirst()
          .ifPresentOrElse(
              batch -> batch.join(sequence, cache),
              () ->
                  running.add(
                      new RunningBatch(
                          session, text, shape, selection.penalizesRepetition(), sequence, cache)));
    }
    endPrefill(sequence);
  }

  private void endPrefill(StepSequence sequence) {
    prefilling.remove(sequence);
    sequence.own().ifPresent(KvCache::close);
    sequence.setOwn(null);
    sequence.prefix().ifPresent(prefixes::unpin);
    sequence.setPrefix(null);
  }

  /// Generates one more token of each sequence that is decoding. Those that end leave.
  public void decode() {
    for (RunningBatch batch : List.copyOf(running)) {
      batch.step();
    }
    dropEmpty();
  }

  private void dropEmpty() {
    for (RunningBatch batch : List.copyOf(running)) {
      if (batch.size() == 0) {
        running.remove(batch);
        batch.close();
      }
    }
  }

  /// Gives a sequence up, wherever it is.
  public void remove(StepSequence sequence) {
    if (prefilling.contains(sequence)) {
      endPrefill(sequence);
    }
    running.forEach(batch -> batch.remove(sequence));
    dropEmpty();
  }

  /// Gives up all sequences and frees their memory.
  @Override
  public void close() {
    List.copyOf(prefilling).forEach(this::endPrefill);
    running.forEach(RunningBatch::close);
    running.clear();
  }
}
