package io.chronoscope.decode.worker;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.TaskOutput;
import io.chronoscope.domain.Rejection;
import java.util.List;
import java.util.Optional;

/// What a worker and its parent send each other. The worker begins ([Ready]). For each [Decode] it
/// sends any number of [Select], [Wants], [Frame] and [Restart], and finally [Done], [Unreadable]
/// or [Failed]. The parent answers the first three, in order. For each [Run] it sends any number of
/// [Bytes] and [Made], which the parent answers one by one, and finally [Finished], [Unreadable] or
/// [Failed].
///
/// `agreed` counts the frames, from the first one on, that were displayed as [Select] announced, so
/// that the worker knew itself whether they are wanted. The parent asks its sink for them then.
sealed interface Message {

  // From the parent.

  /// Decode what lies in the shared memory.
  record Decode(DecodeLimits limits, long mediaBytes, SinkKind sink) implements Message {}

  /// Do this with what lies in the shared memory, or with the worker's file.
  ///
  /// @param mediaBytes in the shared memory; empty for the file
  record Run(MediaTask task, DecodeLimits limits, Optional<Size> mediaBytes) implements Message {}

  /// @param bytes of media
  record Size(long bytes) {}

  enum SinkKind {
    /// Wants nothing.
    NONE,
    /// Is asked for each frame.
    PLAIN,
    /// Selects from the times of all frames.
    SELECTIVE
  }

  /// Answers [Select].
  ///
  /// @param words of a [java.util.BitSet]
  record Selected(long[] words) implements Message {}

  /// Answers [Wants].
  record Wanted(boolean wanted) implements Message {}

  /// Answers [Frame], [Bytes] and [Made]: their memory may be used again.
  record Taken() implements Message {}

  /// Answers anything: the parent wants no more of this chunk.
  record Abort() implements Message {}

  // From the worker.

  /// The worker is confined and waits for chunks.
  ///
  /// @param memoryPath of the shared memory, as the worker sees it
  record Ready(String memoryPath, List<Protection> inForce, List<Missing> missing)
      implements Message {}

  /// A protection that is not in force.
  record Missing(Protection protection, String reason) {}

  /// @param times from when until when each frame is displayed, in pairs
  record Select(long[] times) implements Message {}

  record Wants(int agreed, long fromMicros, long untilMicros) implements Message {}

  /// A wanted frame.
  ///
  /// @param offset of its pixels in the picture area
  record Frame(
      int agreed, long fromMicros, long untilMicros, int widthPx, int heightPx, long offset)
      implements Message {}

  record Restart() implements Message {}

  /// The next bytes of what the task makes.
  ///
  /// @param offset in the picture area
  record Bytes(long offset, long length) implements Message {}

  /// The task has made something, to which the bytes before it belong.
  record Made(TaskOutput output) implements Message {}

  /// The task is done.
  record Finished() implements Message {}

  record Done(int agreed, MediaFacts facts) implements Message {}

  record Unreadable(int agreed, Rejection.Reason reason, String detail) implements Message {}

  /// The decoder threw an unexpected exception.
  record Failed(String problem) implements Message {}
}
