package io.chronoscope.decode.worker;

import io.chronoscope.decode.ByteFeed;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.FfmpegLiveReader;
import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.MediaCutter;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;

/// Loads in a worker what it will need, while it can still open files.
final class WarmUp {

  /// A resource: a short video.
  static final String SAMPLE = "warm-up.mp4";

  private static final List<Class<?>> IN_EACH_PACKAGE =
      List.of(
          DecodeWorker.class,
          FfmpegDecoder.class,
          ContainerFormat.class,
          VideoCodec.class,
          Picture.class);

  private WarmUp() {}

  /// Decodes a sample, which loads classes and FFmpeg's libraries.
  static void decode() throws IOException {
    try {
      ByteBuffer media = ByteBuffer.wrap(sample());
      var unused = new FfmpegDecoder().decode(media, DecodeLimits.DEFAULTS, new EveryOtherFrame());
    } catch (UnreadableMediaException e) {
      throw new IOException("FFmpeg cannot decode the first sample", e);
    }
  }

  /// Reads a sample as a live source, and cuts it.
  static void cutLive() throws IOException {
    ByteBuffer[] readable = new ByteBuffer[1];
    try {
      // The sample's index is not in front, as a live source's has to be.
      var unused =
          new MediaCutter()
              .cut(
                  MemorySegment.ofArray(sample()),
                  Duration.ofMinutes(1),
                  segment -> readable[0] = segment.media());
    } catch (UnreadableMediaException e) {
      throw new IOException("FFmpeg cannot cut the first sample", e);
    }
    ByteBuffer bytes = readable[0];
    ByteFeed feed =
        new ByteFeed() {
          @Override
          public int read(byte[] target, int length) {
            int n = Math.min(length, bytes.remaining());
            bytes.get(target, 0, n);
            return n == 0 ? -1 : n;
          }

          @Override
          public void close() {}
        };
    LiveSettings settings =
        new LiveSettings(
            Duration.ofSeconds(1), Duration.ofMinutes(1), 1 << 20, LiveSettings.Treatment.COPY);
    try (LiveReader reader =
        FfmpegLiveReader.of(
            feed, settings, InstantSource.system(), FfmpegLiveReader.Progress.IGNORED)) {
      reader.read(segment -> {});
    } catch (UnreadableMediaException e) {
      throw new IOException("FFmpeg cannot read the first sample", e);
    }
  }

  private static byte[] sample() throws IOException {
    try (InputStream sample = WarmUp.class.getResourceAsStream(SAMPLE)) {
      if (sample == null) {
        throw new IOException("the program lacks its resource " + SAMPLE);
      }
      return sample.readAllBytes();
    }
  }

  /// Jars stay open, but a class in a folder is a file of its own: in a development build they are
  /// loaded beforehand.
  static void loadClassesOfFolder() throws IOException {
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
    for (Class<?> one : IN_EACH_PACKAGE) {
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
