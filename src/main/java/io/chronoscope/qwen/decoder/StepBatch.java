package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.decoder.PrefixCache.Prefix;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// Sequences that are being answered: each is prefilled part by part, then decodes together with
/// the others until it ends. Sequences may be started and removed between any two calls. Used by
/// one thread.
public final class StepBatch implements AutoCloseable {

  private final Session session;
  private final TextConfig text;
  private final GreedySelection selection;
  private final KvCache.Allocator memory;
  private final StepSettings settings;
  private final PrefixCache prefixes;
  private final LanePool lanes;
  private final Drafting drafting;
  private final List<StepSequence> prefilling = new ArrayList<>();
  private final List<RunningBatch> running = new ArrayList<>();

  StepBatch(
      Session session,
      TextConfig text,
      GreedySelection selection,
      KvCache.Allocator memory,
      StepSettings settings,
      PrefixCache prefixes,
      LanePool lanes,
      Drafting drafting) {
    this.session = session;
    this.text = text;
    this.selection = selection;
    this.memory = memory;
    this.settings = settings;
    this.prefixes = prefixes;
    this.lanes = lanes;
    this.drafting = drafting;
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
            settings.maxPrefixBytes() == 0 ? 0 : request.sharedTokens(),
            drafting.drafter(request.prompt()));
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
      sequence.setOwn(memory.allocate(1, sequence.promptTokens()));
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
    try (StepTensors tensors = new StepTensors(session)) {
      PromptContent content = sequence.content();
      tensors.input(StepGraph.TOKENS, content.tokenIds(from, until));
      tensors.input(StepGraph.POSITIONS, content.positions(from, until));
      tensors.input(
          StepGraph.POSITION_ROWS,
          NativeTensor.ofLongs(LongStream.range(0, until - from).toArray(), 1, until - from));
      tensors.input(StepGraph.VISUAL, content.visual(session, from, until));
      tensors.input(StepGraph.VISUAL_INDICES, content.visualIndices(from, until));
      tensors.input(
          StepGraph.LAST_TOKEN, NativeTensor.ofLongs(new long[] {until - from - 1}, 1, 1));
      tensors.input(StepGraph.LAST_CACHE_INDEX, NativeTensor.ofInts(new int[] {until - 1}, 1));
      tensors.input(StepGraph.TOTAL_LENGTH, NativeTensor.ofInts(new int[] {until}, 1));
      if (selection.penalizesRepetition()) {
        tensors.input(StepGraph.SEEN, seen(sequence));
      }
      tensors.cache(cache, 1);
      NativeTensor selected = tensors.output(StepGraph.SELECTED, ElementType.INT64, 1);
      NativeTensor logitSum = tensors.output(StepGraph.LOGIT_SUMS, ElementType.FLOAT32, 1);
      NativeTensor logProbability =
          tensors.output(StepGraph.LOG_PROBABILITIES, ElementType.FLOAT32, 1);
      NativeTensor logits =
          tensors.output(StepGraph.LOGITS, ElementType.FLOAT32, 1, text.vocabSize());
      tensors.run();
      sequence.setComputed(until);
      if (last) {
        sequence.appendFirst(
            logits.toFloats(),
            new SelectedToken(
                (int) selected.toLongs()[0], logitSum.toFloats()[0], logProbability.toFloats()[0]));
      }
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
              () -> running.add(new RunningBatch(lanes, sequence, cache)));
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

  /// Generates one more token of each sequence that is decoding, or several of one that decodes
  /// alone and has draft tokens. Those that end leave.
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
