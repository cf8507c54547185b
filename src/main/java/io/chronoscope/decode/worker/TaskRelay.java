package io.chronoscope.decode.worker;

import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.TaskOutput;
import io.chronoscope.decode.TaskSink;
import io.chronoscope.decode.worker.Message.Abort;
import io.chronoscope.decode.worker.Message.Bytes;
import io.chronoscope.decode.worker.Message.Decode;
import io.chronoscope.decode.worker.Message.Done;
import io.chronoscope.decode.worker.Message.Failed;
import io.chronoscope.decode.worker.Message.Finished;
import io.chronoscope.decode.worker.Message.Frame;
import io.chronoscope.decode.worker.Message.LiveMessage;
import io.chronoscope.decode.worker.Message.Made;
import io.chronoscope.decode.worker.Message.Ready;
import io.chronoscope.decode.worker.Message.Restart;
import io.chronoscope.decode.worker.Message.Run;
import io.chronoscope.decode.worker.Message.Select;
import io.chronoscope.decode.worker.Message.Selected;
import io.chronoscope.decode.worker.Message.Taken;
import io.chronoscope.decode.worker.Message.Unreadable;
import io.chronoscope.decode.worker.Message.Wanted;
import io.chronoscope.decode.worker.Message.Wants;
import io.chronoscope.decode.worker.MessageCodec.MalformedMessageException;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// In the parent, one task's conversation with a worker: gives the sink what the worker makes. A
/// sink that throws ends the conversation; its exception is thrown again when the worker has
/// stopped.
final class TaskRelay {

  /// A video of fewer bytes in a second is not expected: how long one is at most.
  private static final long LEAST_BYTES_PER_SECOND = 16_000;

  private final Conversation worker;
  private final MemorySegment shared;
  private final TaskSink sink;
  private long outputBytes;

  /// @param shared what the worker makes lies here
  TaskRelay(Conversation worker, MemorySegment shared, TaskSink sink) {
    this.worker = worker;
    this.shared = shared;
    this.sink = sink;
  }

  /// The CPU time that a task may take before it has made something.
  static long lengthMicros(MediaTask task, long mediaBytes) {
    long most = mediaBytes * 1_000_000 / LEAST_BYTES_PER_SECOND;
    return switch (task) {
      case MediaTask.Probe _ -> 0;
      case MediaTask.Fragment _, MediaTask.Survey _, MediaTask.Cut _, MediaTask.Encode _ -> most;
      case MediaTask.Join join -> Math.min(most, join.toMicros() - join.fromMicros());
    };
  }

  /// @throws WorkerLostException when the worker exceeds the output, or says itself that it failed
  /// @throws IOException when the worker is gone, or sends what it must not
  void run() throws IOException, UnreadableMediaException, WorkerLostException {
    while (true) {
      Message message = worker.receive();
      switch (message) {
        case Bytes bytes -> {
          MemorySegment found = slice(bytes);
          worker.answer(() -> {
            sink.bytes(found);
            return new Taken();
          });
        }
        case Made(TaskOutput output) -> {
          worker.forgetWaiting();
          worker.answer(() -> {
            sink.made(output);
            return new Taken();
          });
        }
        case Finished() -> {
          worker.end();
          return;
        }
        case Unreadable(int _, var reason, String detail) -> {
          worker.end();
          throw new UnreadableMediaException(reason, detail);
        }
        case Failed(String problem) -> {
          worker.end();
          throw new WorkerLostException(LossCause.CRASH, "the worker failed: " + problem);
        }
        case LiveMessage _,
            Ready _,
            Decode _,
            Run _,
            Select _,
            Selected _,
            Wants _,
            Wanted _,
            Frame _,
            Restart _,
            Done _,
            Taken _,
            Abort _ ->
            throw new MalformedMessageException(
                "a " + message.getClass().getSimpleName() + " during a task");
      }
    }
  }

  private MemorySegment slice(Bytes bytes) throws MalformedMessageException, WorkerLostException {
    MemorySegment found = bytes.in(shared);
    outputBytes += bytes.length();
    if (outputBytes > worker.budget().outputBytes()) {
      throw new WorkerLostException(
          LossCause.OUTPUT,
          "it makes more than %d MiB".formatted(worker.budget().outputBytes() >> 20));
    }
    return found;
  }
}
