package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import java.util.ArrayList;
import java.util.List;

/// Keys and values of the tokens of some sequences in all layers, each `[rows, kvHeads, capacity,
/// headDim]`. A row belongs to a sequence; the first tokens of a row are in use, the rest is
/// undefined. Owns its memory. Not thread-safe.
final class KvCache implements AutoCloseable {

  /// Dimensions that all caches of a model have in common.
  record Shape(int layers, int kvHeads, int headDim, ElementType type) {

    static Shape of(TextConfig text, ElementType compute) {
      return new Shape(text.layers(), text.kvHeads(), text.headDim(), compute);
    }

    long bytesPerToken() {
      return 2L * layers * headBytes(1) * kvHeads;
    }

    /// Bytes of some tokens in one head of the keys, or of the values, of one layer.
    long headBytes(long tokens) {
      return tokens * headDim * type.bytes();
    }
  }

  /// Allocates caches where the session computes.
  record Allocator(Session session, Shape shape) {

    KvCache allocate(int rows, int capacity) {
      return new KvCache(this, rows, capacity);
    }
  }

  private final Shape shape;
  private final int rows;
  private final int capacity;
  private final List<NativeTensor> tensors = new ArrayList<>();

  /// @param capacity tokens for which each row has room
  private KvCache(Allocator allocator, int rows, int capacity) {
    this.shape = allocator.shape();
    this.rows = rows;
    this.capacity = capacity;
    try {
      for (int i = 0; i < 2 * shape.layers(); i++) {
        tensors.add(
            allocator
                .session()
                .allocate(
                    Memory.DEVICE, shape.type(), rows, shape.kvHeads(), capacity, shape.headDim()));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  int rows() {
    return rows;
  }

  int capacity() {
    return capacity;
  }

  long bytes() {
    return shape.bytesPerToken() * capacity * rows;
  }

  /// The first rows as tensors that the caller closes: keys and values of each layer in turn.
  List<NativeTensor> firstRows(int count) {
    List<NativeTensor> views = new ArrayList<>();
    for (NativeTensor tensor : tensors) {
      views.add(tensor.view(count, shape.kvHeads(), capacity, shape.headDim()));
    }
    return views;
  }

  /// Copies the first tokens of a row to another row, of this or of another cache.
  void copyRow(KvCache from, int fromRow, int row, int tokens) {
    long bytes = shape.headBytes(tokens);
    for (int i = 0; i < tensors.size(); i++) {
      for (int head = 0; head < shape.kvHeads(); head++) {
        tensors
            .get(i)
            .copyFrom(from.tensors.get(i), from.offset(fromRow, head), offset(row, head), bytes);
      }
    }
  }

  private long offset(int row, int head) {
    return shape.headBytes(((long) row * shape.kvHeads() + head) * capacity);
  }

  @Override
  public void close() {
    tensors.forEach(NativeTensor::close);
  }
}
