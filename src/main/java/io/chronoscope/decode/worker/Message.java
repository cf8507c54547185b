package io.chronoscope.decode.worker;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.LiveSegment.StatedTime;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.TaskOutput;
import io.chronoscope.decode.worker.MessageCodec.MalformedMessageException;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.SourceClock;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
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
  record Bytes(long offset, long length) implements Message {

    /// The bytes in the picture area.
    ///
    /// @throws MalformedMessageException when they do not lie there
    MemorySegment in(MemorySegment area) throws MalformedMessageException {
      if (offset < 0
          || length < 0
          || length > area.byteSize()
          || offset > area.byteSize() - length) {
        throw new MalformedMessageException("bytes outside of the shared memory: " + this);
      }
      return area.asSlice(offset, length);
    }
  }

  /// The task has made something, to which the bytes before it belong.
  record Made(TaskOutput output) implements Message {}

  /// The task is done.
  record Finished() implements Message {}

  record Done(int agreed, MediaFacts facts) implements Message {}

  record Unreadable(int agreed, Rejection.Reason reason, String detail) implements Message {}

  /// The decoder threw an unexpected exception.
  record Failed(String problem) implements Message {}

  /// What the worker of a live source and its parent send each other beside the other messages. The
  /// parent begins with [ReadServer] or [ReadBytes], and may send [Stop] at any time. The worker
  /// asks for bytes by [NextBytes], sends [Advanced] now and then, and each segment as [Bytes] and
  /// [Cut]. It ends with [Finished], [Unreadable], [Failed] or [SourceFailed].
  sealed interface LiveMessage extends Message {

    // From the parent.

    /// Read from an RTSP server.
    ///
    /// @param url may contain credentials
    /// @param address to connect to where the worker cannot resolve the server's name; empty if it
    ///   is an address itself
    record ReadServer(String url, Optional<String> address, LiveSettings settings)
        implements LiveMessage {

      /// Without the credentials.
      @Override
      public String toString() {
        return "ReadServer";
      }
    }

    /// Read the bytes that arrive in the parent.
    record ReadBytes(LiveSettings settings) implements LiveMessage {}

    /// Answers [NextBytes]: they lie in the shared memory.
    ///
    /// @param length -1 at the end
    /// @param arrivedMicros when they arrived, in microseconds since 1970
    /// @param mark what is known of the time of their first one
    record Arrived(int length, long arrivedMicros, Optional<TimeMark> mark)
        implements LiveMessage {}

    /// @see io.chronoscope.decode.ByteFeed.Mark
    record TimeMark(long position, long micros, SourceClock clock) {}

    /// Answers [NextBytes]: none can be read any more.
    record NoMoreBytes(String problem) implements LiveMessage {}

    /// Cut what was read, and end.
    record Stop() implements LiveMessage {}

    // From the worker.

    /// @param most how many it has room for
    record NextBytes(int most) implements LiveMessage {}

    /// The connection stands, or there is new video. Needs no answer.
    record Advanced() implements LiveMessage {}

    /// The bytes before it are a segment.
    ///
    /// @see io.chronoscope.decode.LiveSegment
    record Cut(
        long ptsMicros,
        Duration duration,
        String contentType,
        int frames,
        boolean continues,
        long arrivalOffsetMicros,
        Optional<StatedTime> stated)
        implements LiveMessage {}

    /// The source failed.
    record SourceFailed(Kind kind, String problem) implements LiveMessage {

      enum Kind {
        /// There is no connection, or it failed.
        LOST,
        /// It wants other credentials.
        REFUSED
      }
    }
  }
}
