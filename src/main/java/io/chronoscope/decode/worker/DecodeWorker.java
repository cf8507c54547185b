package io.chronoscope.decode.worker;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.DecoderOptions;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.LoopFilter;
import io.chronoscope.decode.MappedFile;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaTasks;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.decode.worker.Message.Decode;
import io.chronoscope.decode.worker.Message.Done;
import io.chronoscope.decode.worker.Message.Failed;
import io.chronoscope.decode.worker.Message.Finished;
import io.chronoscope.decode.worker.Message.Ready;
import io.chronoscope.decode.worker.Message.Run;
import io.chronoscope.decode.worker.Message.Unreadable;
import io.chronoscope.decode.worker.RemoteFrames.AbortedException;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// The program of a worker process: decodes one chunk after the other for the parent that started
/// it, or does what else is done with media ([MediaTasks]), until its standard input ends. It may
/// be started for a file, which it opens before it is confined.
public final class DecodeWorker {

  /// A resource: a short video that is decoded before the first chunk.
  static final String SAMPLE = "warm-up.mp4";

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
    FileInputStream in = new FileInputStream(FileDescriptor.in);
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    // Standard output is the channel to the parent.
    System.setOut(System.err);
    MessageChannel channel = new MessageChannel(in, out);
    SharedMemory.Created created = SharedMemory.create(Long.parseLong(arguments[0]));
    LoopFilter loopFilter = LoopFilter.valueOf(arguments[1]);
    prepare();
    MemorySegment file =
        arguments.length > 2 ? MappedFile.open(Path.of(arguments[2])).bytes() : MemorySegment.NULL;
    Confinement confinement = Confinement.enter();
    try {
      channel.send(
          new Ready(created.path().toString(), confinement.inForce(), confinement.missing()));
      new DecodeWorker(channel, created.memory(), file, loopFilter).run();
    } catch (EOFException e) {
      // The parent needs this worker no longer, or is gone.
      Runtime.getRuntime().halt(0);
    }
  }

  /// Loads what decoding needs while files can be opened: classes, and FFmpeg's libraries.
  private static void prepare() throws IOException {
    MessageCodec.prepare();
    loadClassesOfFolder();
    try (InputStream sample = DecodeWorker.class.getResourceAsStream(SAMPLE)) {
      if (sample == null) {
        throw new IOException("the program lacks its resource " + SAMPLE);
      }
      ByteBuffer media = ByteBuffer.wrap(sample.readAllBytes());
      var unused = new FfmpegDecoder().decode(media, DecodeLimits.DEFAULTS, new EveryOtherFrame());
    } catch (UnreadableMediaException e) {
      throw new IOException("FFmpeg cannot decode the first sample", e);
    }
  }

  /// Jars stay open, but a class in a folder is a file of its own: in a development build they are
  /// loaded beforehand.
  private static void loadClassesOfFolder() throws IOException {
    Path program;
    try {
      program =
          Path.of(DecodeWorker.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("the program lies in no file", e);
    }
    if (!Files.isDirectory(program)) {
      return;
    }
    for (Class<?> one :
        List.of(
            DecodeWorker.class,
            FfmpegDecoder.class,
            ContainerFormat.class,
            VideoCodec.class,
            Picture.class)) {
      Path folder = program.resolve(one.getPackageName().replace('.', '/'));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.class")) {
        for (Path file : files) {
          String name = String.valueOf(file.getFileName()).replaceFirst("\\.class$", "");
          if (!name.equals("package-info")) {
            Class.forName(
                one.getPackageName() + "." + name, false, DecodeWorker.class.getClassLoader());
          }
        }
      } catch (ClassNotFoundException e) {
        throw new IOException("a class that is there is not found", e);
      }
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
          request.task(), media, request.limits(), new RemoteTaskSink(channel, memory.pictures()));
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

  /// Takes the ways that real chunks take: some frames are selected, some are not.
  private static final class EveryOtherFrame implements MediaDecoder.SelectiveSink {
    private int frame;

    @Override
    public BitSet select(List<MediaDecoder.Display> displays) {
      BitSet every = new BitSet();
      for (int i = 0; i < displays.size(); i += 2) {
        every.set(i);
      }
      return every;
    }

    @Override
    public void restart() {
      frame = 0;
    }

    @Override
    public boolean wants(long fromMicros, long untilMicros) {
      return frame++ % 2 == 0;
    }

    @Override
    public void frame(long fromMicros, long untilMicros, Picture picture) {
      picture.close();
    }
  }
}
