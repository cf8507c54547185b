package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.GenerationDefaults;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.ArrayList;
import java.util.List;

/// Greedy token selection with the checkpoint's repetition penalty and stop tokens, written into
/// the loop's body.
///
/// The penalty follows `RepetitionPenaltyLogitsProcessor` of transformers (Keskar et al., arXiv
/// 1909.05858): for every token seen at least once, a negative score is multiplied by it and a
/// positive one divided.
record GreedySelection(GenerationDefaults generation, int vocabSize) {

  /// @param token INT64 `[batch]`; a stop token for a sequence that had already ended
  /// @param seen BOOL `[batch, vocabulary]`, empty without a penalty
  /// @param finished BOOL `[batch]`
  record Selected(Value token, List<Value> seen, Value finished) {}

  boolean penalizesRepetition() {
    return generation.repetitionPenalty() != 1.0;
  }

  /// @param logits FLOAT32 `[batch, vocabulary]`
  /// @param seen as in [Selected], before this step
  /// @param finished as in [Selected], before this step
  Selected select(Ops ops, Value logits, List<Value> seen, Value finished) {
    Graph graph = ops.graph();
    Value best = best(ops, logits, seen);
    List<Value> nowSeen = new ArrayList<>();
    if (!seen.isEmpty()) {
      Value vocabulary = ops.range(graph.scalar(0), graph.scalar(vocabSize), graph.scalar(1));
      Value isBest = ops.equal(vocabulary, ops.unsqueeze(best, 1));
      nowSeen.add(ops.or(seen.getFirst(), isBest));
    }
    Value nowFinished = finished;
    for (int eos : generation.eosTokenIds()) {
      nowFinished = ops.or(nowFinished, ops.equal(best, graph.scalar(eos)));
    }
    Value token = ops.where(finished, graph.scalar(generation.eosTokenIds().getFirst()), best);
    return new Selected(token, nowSeen, nowFinished);
  }

  /// The token with the highest score.
  ///
  /// @param logits FLOAT32 `[batch, vocabulary]`
  /// @param seen as in [Selected]
  /// @return INT64 `[batch]`
  Value best(Ops ops, Value logits, List<Value> seen) {
    Value scores = seen.isEmpty() ? logits : penalized(ops, logits, seen.getFirst());
    return ops.argMaxByBlocks(scores, vocabSize);
  }

  /// The logarithm of the probability that the model gives to selected tokens, before any penalty.
  ///
  /// @param logits FLOAT32 `[batch, vocabulary]`
  /// @param tokens INT64 `[batch]`
  /// @return FLOAT32 `[batch]`
  Value logProbability(Ops ops, Value logits, Value tokens) {
    return ops.sub(ops.elementOfEach(logits, tokens), ops.logSumExpByBlocks(logits, vocabSize));
  }

  private Value penalized(Ops ops, Value logits, Value seen) {
    Value penalty = ops.graph().scalar((float) generation.repetitionPenalty());
    Value zero = ops.graph().scalar(0f);
    Value penalized =
        ops.where(ops.less(logits, zero), ops.mul(logits, penalty), ops.div(logits, penalty));
    return ops.where(seen, penalized, logits);
  }
}
