package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.GenerationDefaults;
import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.weights.ModelWeights;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// A [Decoder] that runs one step at a time over KV caches of its own ([StepGraph]). Prompts are
/// computed in parts, beginnings that prompts share are computed once, and through [#startBatch()]
/// sequences can join and leave a running batch.
public final class StepDecoder implements Decoder {

  /// Parts of a quantized decoder on the CPU, which are compiled at the same time. The runtime
  /// packs the matrices of each in one thread, and that is most of the time in which a model opens;
  /// a third part gains nothing on two cores.
  private static final int PARTS = 2;

  private final Session session;
  private final TextConfig text;
  private final GreedySelection selection;
  private final KvCache.Allocator memory;
  private final StepSettings settings;
  private final PrefixCache prefixes;
  private final LanePool lanes;
  private final Drafting drafting;

  private StepDecoder(
      Session session,
      TextConfig text,
      GreedySelection selection,
      KvCache.Allocator memory,
      StepSettings settings,
      Drafting drafting,
      DecodeLane.Runs runs) {
    this.session = session;
    this.text = text;
    this.selection = selection;
    this.memory = memory;
    this.settings = settings;
    this.drafting = drafting;
    this.prefixes = new PrefixCache(memory, settings.maxPrefixBytes());
    this.lanes =
        new LanePool(
            new DecodeLane.Model(
                session,
                memory,
                text.hiddenSize(),
                selection.penalizesRepetition() ? text.vocabSize() : 0,
                runs));
  }

  static StepDecoder compile(
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      Device device,
      int intraOpThreads,
      StepSettings settings) {
    Session session =
        session(text, generation, weights, compute, device, intraOpThreads, settings.launch());
    return of(
        session,
        text,
        generation,
        compute,
        settings,
        Drafting.of(Drafting.longest(settings.draftTokens(), device, weights)),
        session.capturesRuns() ? DecodeLane.Runs.CAPTURED : DecodeLane.Runs.ORDINARY);
  }

  static Session session(
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      Device device,
      int intraOpThreads,
      StepSettings.Launch launch) {
    return weights.isDerived() && device instanceof Device.Cpu
        ? Session.compileParts(
            "decoder",
            StepGraph.parts(text, generation, weights, compute, Math.min(PARTS, text.layers())),
            intraOpThreads)
        : compileWhole(
            StepGraph.build(text, generation, weights, compute), device, intraOpThreads, launch);
  }

  private static Session compileWhole(
      Graph graph, Device device, int intraOpThreads, StepSettings.Launch launch) {
    return switch (launch) {
      case BY_OPERATOR -> Session.compile("decoder", graph, device, intraOpThreads);
      case BY_GRAPH -> Session.compileForCapture("decoder", graph, device, intraOpThreads);
    };
  }

  /// @param session of [StepGraph]; becomes the decoder's
  static StepDecoder of(
      Session session,
      TextConfig text,
      GenerationDefaults generation,
      ElementType compute,
      StepSettings settings,
      Drafting drafting,
      DecodeLane.Runs runs) {
    return new StepDecoder(
        session,
        text,
        new GreedySelection(generation, text.vocabSize()),
        new KvCache.Allocator(session, KvCache.Shape.of(text, compute)),
        settings,
        drafting,
        runs);
  }

  /// Starts a batch that sequences join and leave at any time. Several batches may run at the same
  /// time, each on a thread of its own; they share the cache of beginnings. The caller closes it
  /// before this decoder.
  public StepBatch startBatch() {
    return new StepBatch(session, text, selection, memory, settings, prefixes, lanes, drafting);
  }

  @Override
  public List<Decoded> generate(List<DecodeRequest> requests) {
    requests.forEach(request -> request.check(text));
    List<StepSequence> sequences = new ArrayList<>();
    try (StepBatch batch = startBatch()) {
      Deque<DecodeRequest> waiting = new ArrayDeque<>(requests);
      while (!waiting.isEmpty() || batch.decoding() > 0) {
        while (!waiting.isEmpty() && batch.decoding() < settings.maxBatch()) {
          StepSequence sequence = batch.start(waiting.remove());
          sequences.add(sequence);
          while (!sequence.isPrefilled()) {
            batch.prefill(sequence);
          }
          throwFailure(sequence);
        }
        batch.decode();
        sequences.forEach(StepDecoder::throwFailure);
      }
    }
    return sequences.stream().map(StepSequence::decoded).toList();
  }

  private static void throwFailure(StepSequence sequence) {
    sequence
        .failure()
        .ifPresent(failure -> {
          throw failure;
        });
  }

  /// Bytes of the beginnings that are kept for other prompts, with the embeddings they refer to.
  public long prefixBytes() {
    return prefixes.bytes();
  }

  /// Bytes of the keys and values of those beginnings alone.
  public long prefixKeyValueBytes() {
    return prefixes.keyValueBytes();
  }

  @Override
  public void close() {
    prefixes.close();
    lanes.close();
    session.close();
  }
}
