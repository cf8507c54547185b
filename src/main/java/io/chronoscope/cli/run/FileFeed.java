package io.chronoscope.cli.run;

import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.MediaCutter;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Turns video files into streams: finds them, names their streams and cuts them into chunks.
public final class FileFeed {

  private static final Set<String> EXTENSIONS =
      Set.of(
          "mp4", "m4v", "mov", "mkv", "webm", "ts", "m2ts", "mts", "avi", "mpg", "mpeg", "vob",
          "flv", "asf", "wmv", "264", "h264", "265", "h265", "hevc", "m2v");

  private static final String RATE_HINT = "; --input-fps states the rate of an elementary stream";

  private FileFeed() {}

  /// Lists the videos in a directory in the order of their names.
  ///
  /// @throws io.chronoscope.config.ConfigurationException when it is not a folder
  /// @throws ConfigurationException when there are none
  public static List<Path> videosIn(Path folder) {
    InputFiles.requireFolder(folder);
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> videos =
          all.filter(
                  file -> {
                    String name = file.getFileName().toString();
                    return EXTENSIONS.contains(
                        name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
                  })
              .sorted()
              .toList();
      if (videos.isEmpty()) {
        throw new ConfigurationException(
            "no videos in %s; video-samples has some".formatted(folder));
      }
      return videos;
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot list %s: %s".formatted(folder, FailureMessages.reason(e)), e);
    }
  }

  /// Returns the default id of a file's stream: the file name without its extension.
  public static String streamOf(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }

  /// Cuts a file of our own in this process; [OpenVideo] does so with others' files.
  ///
  /// @param length minimum length of a chunk, which ends before the next such place
  /// @throws io.chronoscope.config.ConfigurationException when there is no such file
  /// @throws EnvironmentException when the file cannot be read
  /// @throws IllegalArgumentException when the file is not a readable video; the message names it
  public static void cut(Path file, Duration length, Consumer<MediaSegment> sink) {
    try (OpenVideo video = OpenVideo.of(file, MediaFiles.IN_PROCESS)) {
      video.cut(length, OptionalDouble.empty(), sink);
    }
  }

  /// @throws io.chronoscope.config.ConfigurationException when the file is no elementary stream:
  ///   its frames have times, which a rate would contradict
  public static void requireElementaryStream(Path file) {
    if (!read(file, () -> MediaCutter.isElementaryStream(file))) {
      throw new ConfigurationException(
          "--input-fps states the rate of elementary streams (H.264, HEVC, MPEG video); the frames"
              + " of %s have times".formatted(file));
    }
  }

  @FunctionalInterface
  interface Reading<T> {

    T read() throws IOException, UnreadableMediaException;
  }

  /// Says of a failure which file it is about.
  static <T> T read(Path file, Reading<T> reading) {
    InputFiles.requireFile(file);
    try {
      return reading.read();
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot read %s: %s".formatted(file, FailureMessages.reason(e)), e);
    } catch (UnreadableMediaException e) {
      String hint = e.rejection().reason() == Rejection.Reason.BAD_TIME ? RATE_HINT : "";
      throw new IllegalArgumentException(
          "%s cannot be used: %s%s".formatted(file, e.rejection().detail(), hint), e);
    }
  }

  /// Cuts a file and keeps all chunks in memory.
  ///
  /// @see #cut(Path, Duration, Consumer)
  public static List<MediaSegment> cut(Path file, Duration length) {
    List<MediaSegment> segments = new ArrayList<>();
    cut(file, length, segments::add);
    return segments;
  }

  /// Returns the segment as the analysis takes it.
  ///
  /// @param source stands for the topic in the chunk's origin
  /// @param start absolute start of the segment's file
  public static StreamInput.Chunk chunk(
      String stream, String source, Instant start, MediaSegment segment) {
    Instant chunkStart = start.plus(segment.start());
    return new StreamInput.Chunk(
        stream,
        new ChunkOrigin(source, 0, segment.index()),
        Optional.of(chunkStart),
        chunkStart,
        OptionalLong.of(segment.index()),
        Optional.of(segment.duration()),
        segment.media().duplicate());
  }

  /// Copies the segment's media.
  public static byte[] bytesOf(MediaSegment segment) {
    byte[] bytes = new byte[segment.media().remaining()];
    segment.media().duplicate().get(bytes);
    return bytes;
  }

  /// Returns the end of the segment, relative to the start of its file.
  public static Duration endOf(MediaSegment segment) {
    return segment.start().plus(segment.duration());
  }
}
