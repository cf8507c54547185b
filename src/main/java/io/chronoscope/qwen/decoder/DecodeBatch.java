package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.NativeTensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Generates the answers of one batch: prefill, then runs of decode steps until every sequence has
/// ended. Used once, by one thread.
final class DecodeBatch {

  /// Runs the decoder's graph, as [Session#run(Map, Set)] does.
  interface GraphRun {

    /// @return `outputs` by name; the caller closes them
    Map<String, NativeTensor> run(Map<String, NativeTensor> inputs, Set<String> outputs);
  }

  private final GraphRun graph;
  private final List<Integer> eosTokenIds;
  private final int vocabSize;
  private final DecodeSettings settings;
  private final DecoderInputs inputs;
  private final Sequence[] sequences;

  /// @param inputs stay the caller's
  /// @param requests those of `inputs`
  DecodeBatch(
      GraphRun graph,
      GreedySelection selection,
      DecodeSettings settings,
      DecoderInputs inputs,
      List<DecodeRequest> requests) {
    this.graph = graph;
    this.eosTokenIds = selection.generation().eosTokenIds();
    this.vocabSize = selection.vocabSize();
    this.settings = settings;
    this.inputs = inputs;
    this.sequences = requests.stream().map(Sequence::new).toArray(Sequence[]::new);
  }

  /// One prompt's answer so far.
  private static final class Sequence {

    private final DecodeRequest request;
    private final IntStream.Builder generated = IntStream.builder();
    private int count;
    private int lastToken;
    private boolean finished;
    private float[] firstLogits = new float[0];
    private long decodeNanos;

    Sequence(DecodeRequest request) {
      this.request = request;
    }

    boolean done() {
      return finished || count >= request.maxNewTokens();
    }

    int remaining() {
      return done() ? 0 : request.maxNewTokens() - count;
    }

    /// @throws NonFiniteLogitsException when they contain NaN or an infinity
    void setFirstLogits(float[] logits) {
      for (int id = 0; id < logits.length; id++) {
        if (!Float.isFinite(logits[id])) {
          throw new NonFiniteLogitsException(
              request.prompt().length(), 0, "the logit of token " + id + " is " + logits[id]);
        }
      }
      firstLogits = logits;
    }

    /// @throws NonFiniteLogitsException when the logits that selected `token` contain NaN or an
    ///   infinity
    void append(int token, boolean isStopToken, float logitSum) {
      if (!Float.isFinite(logitSum)) {
        throw new NonFiniteLogitsException(
            request.prompt().length(), count, "the sum of the logits is " + logitSum);
      }
      generated.add(token);
      count++;
      lastToken = token;
      finished = isStopToken;
      request.onToken().accept(token);
    }

    Decoded toDecoded(long prefillNanos) {
      return new Decoded(
          generated.build().toArray(), finished, firstLogits, prefillNanos, decodeNanos);
    }
  }

  /// @return in the order of the requests
  List<Decoded> run() {
    inputs.setPrompts();
    long start = System.nanoTime();
    int generated = prefill();
    long prefillNanos = System.nanoTime() - start;
    start = System.nanoTime();
    while (Arrays.stream(sequences).anyMatch(sequence -> !sequence.done())) {
      inputs.setLastTokens(
          Arrays.stream(sequences).mapToInt(sequence -> sequence.lastToken).toArray(), generated);
      generated += decode();
      long elapsed = System.nanoTime() - start;
      for (Sequence sequence : sequences) {
        if (sequence.decodeNanos == 0 || !sequence.done()) {
          sequence.decodeNanos = elapsed;
        }
      }
    }
    return Arrays.stream(sequences).map(sequence -> sequence.toDecoded(prefillNanos)).toList();
  }

  /// @return steps run
  private int prefill() {
    Map<String, NativeTensor> results =
        runLoop(
            settings.firstRunTokens(),
            Set.of(DecoderGraph.GENERATED, DecoderGraph.LOGIT_SUMS, DecoderGraph.FIRST_LOGITS));
    try {
      readFirstLogits(results);
      return readTokens(results);
    } finally {
      results.values().forEach(NativeTensor::close);
    }
  }

  /// @return steps run
  private int decode() {
    Map<String, NativeTensor> results =
        runLoop(settings.tokensPerRun(), Set.of(DecoderGraph.GENERATED, DecoderGraph.LOGIT_SUMS));
    try {
      return readTokens(results);
    } finally {
      results.values().forEach(NativeTensor::close);
    }
  }

  /// Runs the graph once and feeds the state that it returns to the next run. The last run that the
  /// limits allow does not return its state: from a GPU, the KV cache would be copied to the host.
  ///
  /// @return `outputs`; the caller closes them
  private Map<String, NativeTensor> runLoop(int maxSteps, Set<String> outputs) {
    int remaining = Arrays.stream(sequences).mapToInt(Sequence::remaining).max().orElse(0);
    boolean[] done = new boolean[sequences.length];
    for (int i = 0; i < sequences.length; i++) {
      done[i] = sequences[i].done();
    }
    inputs.setRun(Math.min(maxSteps, remaining), done);

    Set<String> state = remaining > maxSteps ? inputs.stateNames() : Set.of();
    Set<String> all = new HashSet<>(outputs);
    state.forEach(name -> all.add(DecoderGraph.next(name)));
    Map<String, NativeTensor> results = graph.run(inputs.tensors(), all);
    for (String name : state) {
      NativeTensor next = results.remove(DecoderGraph.next(name));
      if (next != null) {
        inputs.set(name, next);
      }
    }
    return results;
  }

  private static NativeTensor result(Map<String, NativeTensor> results, String name) {
    NativeTensor tensor = results.get(name);
    if (tensor == null) {
      throw new IllegalStateException("the decoder did not return " + name);
    }
    return tensor;
  }

  private void readFirstLogits(Map<String, NativeTensor> results) {
    float[] logits = result(results, DecoderGraph.FIRST_LOGITS).toFloats();
    for (int i = 0; i < sequences.length; i++) {
      sequences[i].setFirstLogits(Arrays.copyOfRange(logits, i * vocabSize, (i + 1) * vocabSize));
    }
  }

  /// Appends the generated tokens to their sequences, step by step.
  ///
  /// @return steps run
  private int readTokens(Map<String, NativeTensor> results) {
    long[] tokens = result(results, DecoderGraph.GENERATED).toLongs();
    float[] logitSums = result(results, DecoderGraph.LOGIT_SUMS).toFloats();
    int steps = tokens.length / sequences.length;
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < sequences.length; i++) {
        if (!sequences[i].done()) {
          int at = step * sequences.length + i;
          int token = (int) tokens[at];
          sequences[i].append(token, eosTokenIds.contains(token), logitSums[at]);
        }
      }
    }
    return steps;
  }
}
