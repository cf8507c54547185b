package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;

/// Receives what a [MediaTask] makes, on the thread that waits for it. What it throws ends the
/// task, and is thrown to the caller.
public interface TaskSink {

  /// The next bytes of what is made.
  ///
  /// @param bytes valid during the call
  void bytes(MemorySegment bytes);

  /// Something is complete. The next bytes belong to something else.
  void made(TaskOutput output);
}
