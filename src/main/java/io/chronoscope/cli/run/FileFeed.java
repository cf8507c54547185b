package io.chronoscope.cli.run;

import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.MediaCutter;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.decode.UnreadableMediaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Video files as streams of chunks: which there are, what they are called, how they are cut.
public final class FileFeed {

  private static final Set<String> ENDINGS = Set.of("mp4", "m4v", "mov", "mkv", "webm", "ts");

  private FileFeed() {}

  /// The videos in a directory, in the order of their names.
  public static List<Path> videosIn(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> videos =
          all.filter(
                  file -> {
                    String name = file.getFileName().toString();
                    return ENDINGS.contains(
                        name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
                  })
              .sorted()
              .toList();
      if (videos.isEmpty()) {
        throw new EnvironmentException("no videos in " + folder);
      }
      return videos;
    } catch (IOException e) {
      throw new EnvironmentException("cannot list " + folder + ": " + e, e);
    }
  }

  /// What a file's stream is called when nobody says otherwise: its name without the ending.
  public static String streamOf(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }

  /// Cuts at key frames, without encoding anew.
  ///
  /// @param length of a chunk at least, as far as key frames allow
  public static void cut(Path file, Duration length, Consumer<MediaSegment> sink) {
    if (!Files.isReadable(file)) {
      throw new EnvironmentException("cannot read " + file);
    }
    try {
      new MediaCutter().cut(file, length, sink);
    } catch (IOException e) {
      throw new EnvironmentException("cannot read " + file + ": " + e, e);
    } catch (UnreadableMediaException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /// All chunks of a short file at once.
  public static List<MediaSegment> cut(Path file, Duration length) {
    List<MediaSegment> segments = new ArrayList<>();
    cut(file, length, segments::add);
    return segments;
  }

  /// How long a file is, to the end of its last chunk.
  public static Duration lengthOf(Path file) {
    AtomicLong endNanos = new AtomicLong();
    cut(file, Duration.ofSeconds(10), segment -> endNanos.set(endOf(segment).toNanos()));
    return Duration.ofNanos(endNanos.get());
  }

  public static byte[] bytesOf(MediaSegment segment) {
    byte[] bytes = new byte[segment.media().remaining()];
    segment.media().duplicate().get(bytes);
    return bytes;
  }

  public static Duration endOf(MediaSegment segment) {
    return segment.start().plus(segment.duration());
  }
}
