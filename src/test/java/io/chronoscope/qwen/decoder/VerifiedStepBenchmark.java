package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.EngineSettings;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.qwen.weights.DerivedWeightsCache;
import io.chronoscope.qwen.weights.ModelWeights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Times decode steps that verify different numbers of draft tokens, in INT8 on all cores, in turn.
/// Not part of the test suite:
///
///     ./mvnw -Dquick test-compile surefire:test -Dtest=VerifiedStepBenchmark -Dbenchmark.model=DIR
class VerifiedStepBenchmark {

  private static final int[] TOKENS = {1, 2, 4, 8, 12, 16};
  private static final int RUNS = 9;
  private static final int ROOM = 1024;

  @Test
  void times() {
    Path directory = Path.of(System.getProperty("benchmark.model", "models/demo"));
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        ModelWeights weights =
            ModelWeights.int8(
                new DerivedWeightsCache(EngineSettings.defaultCacheDirectory()),
                checkpoint.ref(),
                checkpoint.weights());
        Session session =
            Session.compileParts(
                "decoder",
                StepGraph.parts(
                    checkpoint.text(), checkpoint.generation(), weights, ElementType.FLOAT32, 2),
                0);
        DecodeLane lane = lane(checkpoint, session)) {
      StepSequence sequence = sequence(checkpoint);
      double[][] millis = new double[TOKENS.length][RUNS];
      for (int run = 0; run < RUNS; run++) {
        for (int i = 0; i < TOKENS.length; i++) {
          long start = System.nanoTime();
          step(lane, sequence, TOKENS[i]);
          millis[i][run] = (System.nanoTime() - start) / 1e6;
        }
      }
      for (int i = 0; i < TOKENS.length; i++) {
        Arrays.sort(millis[i]);
        System.out.printf(
            "%d tokens behind %d: %.1f ms, %.2f times one%n",
            TOKENS[i],
            sequence.lastCacheIndex(),
            millis[i][RUNS / 2],
            millis[i][RUNS / 2] / millis[0][RUNS / 2]);
      }
    }
  }

  private static DecodeLane lane(Checkpoint checkpoint, Session session) {
    boolean penalizes =
        new GreedySelection(checkpoint.generation(), checkpoint.text().vocabSize())
            .penalizesRepetition();
    return new DecodeLane(
        new DecodeLane.Model(
            session,
            new KvCache.Allocator(
                session, KvCache.Shape.of(checkpoint.text(), ElementType.FLOAT32)),
            checkpoint.text().hiddenSize(),
            penalizes ? checkpoint.text().vocabSize() : 0,
            DecodeLane.Runs.ORDINARY),
        1,
        ROOM);
  }

  /// A sequence whose prompt is not computed: the cache holds zeros, which takes as long.
  private static StepSequence sequence(Checkpoint checkpoint) {
    ChatPrompt prompt =
        DecoderGoldenTest.assemble(
            checkpoint, List.of(new ChatPrompt.Segment.Text("why ".repeat(200))));
    StepSequence sequence =
        new StepSequence(
            new DecodeRequest(prompt, List.of(), 64, token -> {}),
            checkpoint.generation().eosTokenIds(),
            checkpoint.text().hiddenSize(),
            0,
            Drafting.of(0).drafter(prompt));
    sequence.append(new SelectedToken(1, 0, 0));
    return sequence;
  }

  private static void step(DecodeLane lane, StepSequence sequence, int tokens) {
    if (tokens == 1) {
      var unused = lane.run(List.of(sequence));
    } else {
      var unused = lane.verify(sequence, new int[tokens - 1]);
    }
  }
}
