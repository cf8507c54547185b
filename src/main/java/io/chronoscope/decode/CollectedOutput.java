package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Keeps what a [MediaTask] makes: the bytes since they were last taken, and the last output.
class CollectedOutput implements TaskSink {

  private byte[] bytes = {};
  private int filled;
  private @Nullable TaskOutput last;

  @Override
  public void bytes(MemorySegment more) {
    int needed = Math.toIntExact(filled + more.byteSize());
    if (needed > bytes.length) {
      // Most come in one part.
      bytes = Arrays.copyOf(bytes, filled == 0 ? needed : Math.max(needed, bytes.length * 2));
    }
    MemorySegment.copy(more, ValueLayout.JAVA_BYTE, 0, bytes, filled, (int) more.byteSize());
    filled = needed;
  }

  @Override
  public void made(TaskOutput output) {
    last = output;
  }

  /// The bytes that have come; the next ones begin anew.
  ByteBuffer takeBytes() {
    ByteBuffer taken = ByteBuffer.wrap(bytes, 0, filled).slice();
    bytes = new byte[0];
    filled = 0;
    return taken;
  }

  /// @throws NotPlayableException when the task said so
  void requirePlayable() throws NotPlayableException {
    if (last instanceof TaskOutput.NotPlayable(String reason)) {
      throw new NotPlayableException(reason);
    }
  }

  /// @throws IllegalStateException when the task has made something else
  <T extends TaskOutput> T last(Class<T> type) {
    if (!type.isInstance(last)) {
      throw new IllegalStateException("no %s but %s".formatted(type.getSimpleName(), last));
    }
    return type.cast(last);
  }
}
