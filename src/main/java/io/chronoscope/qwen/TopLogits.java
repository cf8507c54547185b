package io.chronoscope.qwen;

import io.chronoscope.vlm.Answer.TokenLogit;
import java.util.ArrayList;
import java.util.List;

/// Selects the highest of a vocabulary's logits with a bounded heap over primitive values: one pass
/// over the 151,936 logits of a published checkpoint, without an object for each of them.
final class TopLogits {

  private final float[] logits;

  /// Token ids as a binary heap whose root ranks last.
  private final int[] heap;

  private int size;

  private TopLogits(float[] logits, int count) {
    this.logits = logits;
    this.heap = new int[Math.min(count, logits.length)];
  }

  /// @param logits `[vocabulary]`, finite
  /// @param count logits to return at most
  /// @return in descending order; of equal logits the lowest id first
  static List<TokenLogit> of(float[] logits, int count) {
    TopLogits top = new TopLogits(logits, count);
    for (int id = 0; id < logits.length; id++) {
      top.offer(id);
    }
    return top.drain();
  }

  private boolean ranksBefore(int id, int other) {
    int order = Float.compare(logits[id], logits[other]);
    return order > 0 || (order == 0 && id < other);
  }

  private void offer(int id) {
    if (size < heap.length) {
      heap[size] = id;
      siftUp(size++);
    } else if (size > 0 && ranksBefore(id, heap[0])) {
      heap[0] = id;
      siftDown();
    }
  }

  private void siftUp(int from) {
    int at = from;
    while (at > 0 && ranksBefore(heap[(at - 1) / 2], heap[at])) {
      swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
  }

  private void siftDown() {
    int at = 0;
    while (true) {
      int last = at;
      for (int child = 2 * at + 1; child <= 2 * at + 2; child++) {
        if (child < size && ranksBefore(heap[last], heap[child])) {
          last = child;
        }
      }
      if (last == at) {
        return;
      }
      swap(at, last);
      at = last;
    }
  }

  private void swap(int a, int b) {
    int id = heap[a];
    heap[a] = heap[b];
    heap[b] = id;
  }

  private List<TokenLogit> drain() {
    List<TokenLogit> ascending = new ArrayList<>(size);
    while (size > 0) {
      ascending.add(new TokenLogit(heap[0], logits[heap[0]]));
      heap[0] = heap[--size];
      siftDown();
    }
    return ascending.reversed();
  }
}
