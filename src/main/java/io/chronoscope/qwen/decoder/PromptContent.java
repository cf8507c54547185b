package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.prompt.ChatPrompt;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Everything that the keys and values of a prompt's tokens depend on: token ids, positions, and
/// the embeddings of visual tokens. Attention is causal, so prompts that agree in these up to some
/// token have the same keys and values up to there.
final class PromptContent {

  private final int[] tokenIds;
  private final int[] visualAt;
  private final long[] time;
  private final long[] height;
  private final long[] width;
  private final List<FloatBuffer> visualRows;
  private final int hiddenSize;

  PromptContent(DecodeRequest request, int hiddenSize) {
    ChatPrompt prompt = request.prompt();
    this.tokenIds = prompt.tokenIds();
    this.visualAt = prompt.visualAt();
    this.time = prompt.positions().time();
    this.height = prompt.positions().height();
    this.width = prompt.positions().width();
    this.visualRows = request.visualRows();
    this.hiddenSize = hiddenSize;
  }

  int tokens() {
    return tokenIds.length;
  }

  /// Index of the first visual token; the number of tokens when there is none.
  int firstVisual() {
    return visualAt.length == 0 ? tokens() : visualAt[0];
  }

  /// Bytes of the embeddings that this object keeps from being freed.
  long embeddingBytes() {
    return visualRows.stream().mapToLong(rows -> (long) Float.BYTES * rows.remaining()).sum();
  }

  /// How many of the first `limit` tokens this prompt has in common with another one. Embeddings
  /// are the same only if they are the same object.
  int commonTokens(PromptContent other, int limit) {
    int most = Math.min(limit, Math.min(tokens(), other.tokens()));
    int equal = 0;
    while (equal < most
        && tokenIds[equal] == other.tokenIds[equal]
        && time[equal] == other.time[equal]
        && height[equal] == other.height[equal]
        && width[equal] == other.width[equal]) {
      equal++;
    }
    return Math.min(equal, Math.min(firstOtherVisual(other), other.firstOtherVisual(this)));
  }

  /// Index of the first visual token whose embeddings are not those of `other`; the number of
  /// tokens when there is none.
  private int firstOtherVisual(PromptContent other) {
    int row = 0;
    for (int piece = 0; piece < visualRows.size(); piece++) {
      FloatBuffer rows = visualRows.get(piece);
      if (piece >= other.visualRows.size() || other.visualRows.get(piece) != rows) {
        return visualAt[row];
      }
      row += rows.remaining() / hiddenSize;
    }
    return tokens();
  }

  /// INT64 `[1, until - from]`; the caller closes it and the other tensors.
  NativeTensor tokenIds(int from, int until) {
    long[] ids = Arrays.stream(tokenIds, from, until).asLongStream().toArray();
    return NativeTensor.ofLongs(ids, 1, ids.length);
  }

  /// FLOAT32 `[1, until - from, 3]`.
  NativeTensor positions(int from, int until) {
    float[] positions = new float[3 * (until - from)];
    for (int i = from; i < until; i++) {
      int at = 3 * (i - from);
      positions[at] = time[i];
      positions[at + 1] = height[i];
      positions[at + 2] = width[i];
    }
    return NativeTensor.ofFloats(positions, 1, until - from, 3);
  }

  /// INT64 `[visual tokens, 2]`: where the visual tokens from `from` to `until` are, counted from
  /// `from`.
  NativeTensor visualIndices(int from, int until) {
    int first = visualBefore(from);
    int count = visualBefore(until) - first;
    long[] indices = new long[2 * count];
    for (int i = 0; i < count; i++) {
      indices[2 * i + 1] = visualAt[first + i] - from;
    }
    return NativeTensor.ofLongs(indices, count, 2);
  }

  /// FLOAT32 `[visual tokens, hidden]`: the embeddings of those tokens, where a GPU copies them
  /// from directly.
  ///
  /// @param session reads them
  NativeTensor visual(Session session, int from, int until) {
    long rowBytes = (long) Float.BYTES * hiddenSize;
    int first = visualBefore(from);
    int end = visualBefore(until);
    NativeTensor visual =
        session.allocateUnset(Memory.PINNED, ElementType.FLOAT32, end - first, hiddenSize);
    int[] starts = new int[visualRows.size()];
    for (int piece = 1; piece < starts.length; piece++) {
      starts[piece] = starts[piece - 1] + visualRows.get(piece - 1).remaining() / hiddenSize;
    }
    // A GPU has nothing to do meanwhile, so all cores copy.
    IntStream.range(0, starts.length)
        .parallel()
        .forEach(i -> {
          FloatBuffer piece = visualRows.get(i);
          int start = Math.max(first, starts[i]);
          int stop = Math.min(end, starts[i] + piece.remaining() / hiddenSize);
          if (start < stop) {
            MemorySegment.copy(
                MemorySegment.ofBuffer(piece),
                (start - starts[i]) * rowBytes,
                visual.memory(),
                (start - first) * rowBytes,
                (stop - start) * rowBytes);
          }
        });
    return visual;
  }

  /// Number of visual tokens before a token.
  private int visualBefore(int token) {
    int at = Arrays.binarySearch(visualAt, token);
    return at >= 0 ? at : -at - 1;
  }
}
