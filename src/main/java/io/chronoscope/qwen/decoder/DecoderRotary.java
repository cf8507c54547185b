package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.position.MropeRotary;
import java.util.List;

/// Rotates queries and keys by their positions, with tables that are computed once for all layers,
/// and in a loop for all steps of a run. See [MropeRotary].
///
/// @param rows INT64 `[batch, tokens]`: which row of the tables rotates a token
/// @param cos `[…, headDim / 2]`, as `sin`
record DecoderRotary(Value rows, Value cos, Value sin) {

  /// Cosines and sines of the first step's tokens, then of each sequence's next tokens, one for
  /// each step.
  ///
  /// @param cos `[batch * tokens + batch * steps, headDim / 2]`
  /// @param sin as `cos`
  /// @param firstRows INT64 `[batch, tokens]`: the rows of the first step's tokens
  /// @param nextRows INT64 `[batch]`: the row of the token that step 0 selects
  record Tables(Value cos, Value sin, Value firstRows, Value nextRows) {}

  /// The rotation of the tokens of a single step.
  ///
  /// @param positions FLOAT32 `[batch, tokens, 3]`: time, height and width of each token
  /// @param rows INT64 `[batch, tokens]`: 0, 1, 2, …
  static DecoderRotary of(
      Ops ops, TextConfig text, ElementType compute, Value positions, Value rows) {
    Value angles = angles(ops, text, positions);
    return new DecoderRotary(
        rows, ops.cast(ops.cos(angles), compute), ops.cast(ops.sin(angles), compute));
  }

  /// The rotation of the tokens in `rows` of a loop's tables.
  static DecoderRotary of(Value rows, Tables tables) {
    return new DecoderRotary(rows, tables.cos, tables.sin);
  }

  private static Value frequency(Graph graph, TextConfig text) {
    float[] frequencies = MropeRotary.inverseFrequencies(text);
    return graph.floats(frequencies, frequencies.length);
  }

  /// @return `[batch * tokens, headDim / 2]`
  private static Value angles(Ops ops, TextConfig text, Value positions) {
    Graph graph = ops.graph();
    long[] axes = MropeRotary.axes(text);
    Value perFrequency = ops.gather(positions, graph.longs(axes, axes.length), 2);
    return ops.reshape(ops.mul(perFrequency, frequency(graph, text)), -1, axes.length);
  }

  /// @return INT64 `[batch, tokens]`: 0, 1, 2, …
  private static Value rows(Ops ops, Value positions) {
    Value batch = ops.dimension(positions, 0);
    Value tokens = ops.dimension(positions, 1);
    return ops.reshape(range(ops, ops.mul(batch, tokens)), ops.concat(List.of(batch, tokens), 0));
  }

  /// Writes the tables, outside of the loop.
  ///
  /// @param positions FLOAT32 `[batch, tokens, 3]`: time, height and width of each token
  /// @param nextPosition FLOAT32 `[batch]`: position, on all axes, of the token that step 0 selects
  /// @param steps INT64 scalar
  static Tables tables(
      Ops ops,
      TextConfig text,
      ElementType compute,
      Value positions,
      Value nextPosition,
      Value steps) {
    Graph graph = ops.graph();
    Value frequency = frequency(graph, text);
    Value first = angles(ops, text, positions);
    Value stepIndex = ops.range(graph.scalar(0), steps, graph.scalar(1));
    Value nextPositions =
        ops.add(ops.unsqueeze(nextPosition, 1), ops.cast(stepIndex, ElementType.FLOAT32));
    Value next = ops.mul(ops.reshape(nextPositions, -1, 1), frequency);
    Value angles = ops.concat(List.of(first, next), 0);

    Value batch = ops.dimension(positions, 0);
    Value count = ops.mul(batch, ops.dimension(positions, 1));
    Value firstRows = rows(ops, positions);
    Value nextRows = ops.add(ops.mul(range(ops, batch), steps), count);
    return new Tables(
        ops.cast(ops.cos(angles), compute),
        ops.cast(ops.sin(angles), compute),
        firstRows,
        nextRows);
  }

  /// @param length INT64 list of length 1
  private static Value range(Ops ops, Value length) {
    Graph graph = ops.graph();
    Value until = ops.reshape(length, graph.longs(new long[0], 0));
    return ops.range(graph.scalar(0), until, graph.scalar(1));
  }

  /// @param x `[batch, tokens, heads * headDim]`
  Value apply(Ops ops, Value x, int heads) {
    return ops.rotary(x, rows, cos, sin, heads);
  }
}
