package io.chronoscope.decode.worker;

import io.chronoscope.decode.TaskOutput;
import io.chronoscope.decode.TaskSink;
import io.chronoscope.decode.worker.Message.Abort;
import io.chronoscope.decode.worker.Message.Bytes;
import io.chronoscope.decode.worker.Message.Made;
import io.chronoscope.decode.worker.Message.Taken;
import io.chronoscope.decode.worker.RemoteFrames.AbortedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;

/// In the worker, the sink whose bytes go to the parent through the shared memory.
final class RemoteTaskSink implements TaskSink {

  private static final long MAX_BYTES_AT_ONCE = 4 << 20;

  private final Parent parent;
  private final MemorySegment memory;

  /// Answers one message with another.
  @FunctionalInterface
  interface Parent {
    Message ask(Message message) throws IOException;
  }

  RemoteTaskSink(Parent parent, MemorySegment memory) {
    this.parent = parent;
    this.memory = memory;
  }

  @Override
  public void bytes(MemorySegment bytes) {
    long most = Math.min(memory.byteSize(), MAX_BYTES_AT_ONCE);
    for (long at = 0; at < bytes.byteSize(); at += most) {
      long length = Math.min(most, bytes.byteSize() - at);
      MemorySegment.copy(bytes, at, memory, 0, length);
      ask(new Bytes(0, length));
    }
  }

  @Override
  public void made(TaskOutput output) {
    ask(new Made(output));
  }

  private void ask(Message message) {
    Message answer;
    try {
      answer = parent.ask(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    switch (answer) {
      case Taken() -> {}
      case Abort() -> throw new AbortedException();
      case Message other -> throw new IllegalStateException("no answer to an output: " + other);
    }
  }
}
