package io.chronoscope.decode.worker;

import io.chronoscope.decode.DecoderOptions;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.LoopFilter;
import io.chronoscope.decode.MappedFile;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaTasks;
import io.chronoscope.decode.worker.Message.Decode;
import io.chronoscope.decode.worker.Message.Done;
import io.chronoscope.decode.worker.Message.Failed;
import io.chronoscope.decode.worker.Message.Finished;
import io.chronoscope.decode.worker.Message.Run;
import io.chronoscope.decode.worker.Message.Unreadable;
import io.chronoscope.decode.worker.RemoteFrames.AbortedException;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Optional;

/// The program of a worker process: decodes one chunk after the other for the parent that started
/// it, or does what else is done with media ([MediaTasks]), until its standard input ends. It may
/// be started for a file, which it opens before it is confined.
public final class DecodeWorker {

  /// Memory for pictures that is kept for the next chunk; giving it back costs a tenth of the time
  /// that decoding small pictures takes.
  private static final long KEPT_BYTES = 32L << 20;

  private final MessageChannel channel;
  private final SharedMemory memory;
  private final MemorySegment file;
  private final MediaDecoder decoder;

  private DecodeWorker(
      MessageChannel channel, SharedMemory memory, MemorySegment file, LoopFilter loopFilter) {
    this.channel = channel;
    this.memory = memory;
    this.file = file;
    this.decoder = new FfmpegDecoder(new DecoderOptions(1, loopFilter, Optional.empty()));
  }

  /// @param arguments the bytes of the picture area, the [LoopFilter], and the file if there is one
  public static void main(String[] arguments) throws IOException {
    WorkerStart start = WorkerStart.of(arguments[0]);
    LoopFilter loopFilter = LoopFilter.valueOf(arguments[1]);
    MemorySegment file =
        arguments.length > 2 ? MappedFile.open(Path.of(arguments[2])).bytes() : MemorySegment.NULL;
    try {
      start.confine(Network.NONE);
      new DecodeWorker(start.channel(), start.memory(), file, loopFilter).run();
    } catch (EOFException e) {
      // The parent needs this worker no longer, or is gone.
      Runtime.getRuntime().halt(0);
    }
  }

  private void run() throws IOException {
    while (true) {
      try {
        Message outcome =
            switch (channel.receive()) {
              case Decode request -> frames(request);
              case Run request -> run(request);
              case Message _ ->
                  throw new IOException("the parent sent a message that only a worker may send");
            };
        channel.send(outcome);
      } catch (UncheckedIOException e) {
        throw new IOException("the parent is gone", e);
      }
    }
  }

  private Message frames(Decode request) throws IOException {
    RemoteFrames frames = new RemoteFrames(channel, memory.pictures());
    Message outcome;
    try {
      outcome = decode(request, frames);
      frames.finish();
    } catch (AbortedException e) {
      frames.drain();
      outcome = new Failed(String.valueOf(e.getMessage()));
    }
    if (frames.usedBytes() > KEPT_BYTES) {
      memory.releasePictures();
      SystemCalls.trimNativeHeap();
    }
    return outcome;
  }

  private Message run(Run request) throws IOException {
    MemorySegment media = file;
    if (request.mediaBytes().isPresent()) {
      long bytes = request.mediaBytes().get().bytes();
      media = memory.chunk(bytes, MapMode.READ_ONLY).asSlice(0, bytes);
    }
    try {
      MediaTasks.run(
          request.task(),
          media,
          request.limits(),
          new RemoteTaskSink(channel::ask, memory.pictures()));
      return new Finished();
    } catch (UnreadableMediaException e) {
      return new Unreadable(0, e.rejection().reason(), e.rejection().detail());
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      return new Failed(e.toString());
    }
  }

  private Message decode(Decode request, RemoteFrames frames) throws IOException {
    ByteBuffer media =
        memory
            .chunk(request.mediaBytes(), MapMode.READ_ONLY)
            .asSlice(0, request.mediaBytes())
            .asByteBuffer();
    FrameSink sink =
        switch (request.sink()) {
          case NONE -> FrameSink.NONE;
          case PLAIN -> asked(frames);
          case SELECTIVE -> frames;
        };
    try {
      MediaFacts facts = decoder.decode(media, request.limits(), sink);
      return new Done(frames.agreed(), facts);
    } catch (UnreadableMediaException e) {
      return new Unreadable(frames.agreed(), e.rejection().reason(), e.rejection().detail());
    } catch (AbortedException | UncheckedIOException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      return new Failed(e.toString());
    }
  }

  /// The same without a selection.
  private static FrameSink asked(RemoteFrames frames) {
    return new FrameSink() {
      @Override
      public boolean wants(long fromMicros, long untilMicros) {
        return frames.wants(fromMicros, untilMicros);
      }

      @Override
      public void frame(long fromMicros, long untilMicros, Picture picture) {
        frames.frame(fromMicros, untilMicros, picture);
      }
    };
  }
}
