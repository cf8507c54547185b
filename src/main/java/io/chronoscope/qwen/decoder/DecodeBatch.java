package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.NativeTensor;
import io.chronoscope.vlm.Answer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Generates the answers of one batch: prefill, then runs of decode steps until every sequence has
/// ended. Used once, by one thread.
final class DecodeBatch {

  /// Runs the decoder's graph, as [Session#run(Map, Set)] does.
  interface GraphRun {

    /// @return `outputs` by name; the caller closes them
    Map<String, NativeTensor> run(Map<String, NativeTensor> inputs, Set<String> outputs);
  }

  private final GraphRun graph;
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
    this.vocabSize = selection.vocabSize();
    this.settings = settings;
    this.inputs = inputs;
    this.sequences =
        requests.stream()
            .map(request ->
                new Sequence(new GeneratedSequence(request, selection.generation().eosTokenIds())))
            .toArray(Sequence[]::new);
  }

  private static final class Sequence {

    private final GeneratedSequence answer;
    private long decodeNanos;

    Sequence(GeneratedSequence answer) {
      this.answer = answer;
    }
  }

  /// @return in the order of the requests
  List<Decoded> run() {
    inputs.setPrompts();
    long start = System.nanoTime();
    int generated = prefill();
    long prefillNanos = System.nanoTime() - start;
    start = System.nanoTime();
    while (Arrays.stream(sequences).anyMatch(sequence -> !sequence.answer.done())) {
      inputs.setLastTokens(
          Arrays.stream(sequences).mapToInt(sequence -> sequence.answer.lastToken()).toArray(),
          generated);
      generated += decode();
      long elapsed = System.nanoTime() - start;
      for (Sequence sequence : sequences) {
        if (sequence.decodeNanos == 0 || !sequence.answer.done()) {
          sequence.decodeNanos = elapsed;
        }
      }
    }
    return Arrays.stream(sequences)
        .map(sequence ->
            sequence.answer.toDecoded(0, Answer.Drafts.NONE, prefillNanos, sequence.decodeNanos))
        .toList();
  }

  /// @return steps run
  private int prefill() {
    Map<String, NativeTensor> results =
        runLoop(
            settings.firstRunTokens(),
            Set.of(
                DecoderGraph.GENERATED,
                DecoderGraph.LOGIT_SUMS,
                DecoderGraph.LOG_PROBABILITIES,
                DecoderGraph.FIRST_LOGITS));
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
        runLoop(
            settings.tokensPerRun(),
            Set.of(
                DecoderGraph.GENERATED, DecoderGraph.LOGIT_SUMS, DecoderGraph.LOG_PROBABILITIES));
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
    int remaining =
        Arrays.stream(sequences).mapToInt(sequence -> sequence.answer.remaining()).max().orElse(0);
    boolean[] done = new boolean[sequences.length];
    for (int i = 0; i < sequences.length; i++) {
      done[i] = sequences[i].answer.done();
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
      sequences[i].answer.setFirstLogits(
          Arrays.copyOfRange(logits, i * vocabSize, (i + 1) * vocabSize));
    }
  }

  /// Appends the generated tokens to their sequences, step by step.
  ///
  /// @return steps run
  private int readTokens(Map<String, NativeTensor> results) {
    long[] tokens = result(results, DecoderGraph.GENERATED).toLongs();
    float[] logitSums = result(results, DecoderGraph.LOGIT_SUMS).toFloats();
    float[] logProbabilities = result(results, DecoderGraph.LOG_PROBABILITIES).toFloats();
    int steps = tokens.length / sequences.length;
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < sequences.length; i++) {
        if (!sequences[i].answer.done()) {
          int at = step * sequences.length + i;
          sequences[i].answer.append(
              new SelectedToken((int) tokens[at], logitSums[at], logProbabilities[at]));
        }
      }
    }
    return steps;
  }
}
