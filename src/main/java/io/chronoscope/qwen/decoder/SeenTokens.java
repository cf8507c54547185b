package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import java.lang.foreign.ValueLayout;

/// Which tokens sequences contain, for the repetition penalty: BOOL `[rows, vocabulary]`. Without a
/// penalty the vocabulary is empty, and nothing is marked. Owns its tensor.
record SeenTokens(NativeTensor tensor, int vocabSize) implements AutoCloseable {

  /// Nothing is marked.
  static SeenTokens allocate(Session session, int rows, int vocabSize) {
    return new SeenTokens(
        session.allocate(Memory.PINNED, ElementType.BOOL, rows, vocabSize), vocabSize);
  }

  /// The first rows in the same memory.
  SeenTokens firstRows(int count) {
    return new SeenTokens(tensor.view(count, vocabSize), vocabSize);
  }

  void mark(int row, int token) {
    if (vocabSize > 0) {
      tensor.memory().set(ValueLayout.JAVA_BYTE, (long) row * vocabSize + token, (byte) 1);
    }
  }

  void clear(int row) {
    tensor.memory().asSlice((long) row * vocabSize, vocabSize).fill((byte) 0);
  }

  /// Copies a row to another one, of this or of another tensor.
  void copyRow(SeenTokens from, int fromRow, int row) {
    tensor
        .memory()
        .asSlice((long) row * vocabSize, vocabSize)
        .copyFrom(from.tensor.memory().asSlice((long) fromRow * vocabSize, vocabSize));
  }

  @Override
  public void close() {
    tensor.close();
  }
}
