package io.chronoscope.cli;

import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.qwen.image.FrameSelection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;

/// A whole video in a file, as opposed to a stream of chunks.
final class VideoFile {

  /// The user chose this file: it may take long to decode, but its frames must not exhaust the
  /// memory.
  private static final DecodeLimits LIMITS =
      new DecodeLimits(8192L * 4320, Duration.ofDays(1), Long.MAX_VALUE);

  /// @param frames in order; owned by the caller, which closes them
  /// @param fps actual rate of the selected frames, in frames per second
  record Selected(List<Picture> frames, double fps) {}

  private final Path file;
  private final MediaDecoder decoder;
  private final ByteBuffer media;

  private VideoFile(Path file, MediaDecoder decoder, ByteBuffer media) {
    this.file = file;
    this.decoder = decoder;
    this.media = media;
  }

  /// @throws io.chronoscope.config.ConfigurationException when there is no such file
  static VideoFile open(Path file, MediaDecoder decoder) {
    InputFiles.requireFile(file);
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new EnvironmentException(
            file + " is larger than 2 GiB; use `produce`, which cuts it into chunks");
      }
      return new VideoFile(
          file, decoder, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot read %s: %s".formatted(file, FailureMessages.reason(e)), e);
    }
  }

  MediaFacts facts() {
    return decode(index -> false, new ArrayList<>());
  }

  /// Selects frames at `fps` as the reference implementation does: an even number, spread evenly
  /// from the first frame to the last.
  Selected select(double fps) {
    MediaFacts facts = facts();
    if (facts.frames() == 1) {
      // The model sees pairs of frames; a single one is shown twice.
      List<Picture> only = new ArrayList<>();
      decode(index -> true, only);
      only.add(only.getFirst().share());
      return new Selected(only, fps);
    }
    double seconds = (facts.durationMicros() - facts.firstFrameMicros()) / 1e6;
    double videoFps = facts.frames() / seconds;
    int count =
        FrameSelection.count(
            facts.frames(), videoFps, fps, FrameSelection.MIN_FRAMES, FrameSelection.MAX_FRAMES);
    long[] indices = FrameSelection.indices(0, facts.frames() - 1, count);
    List<Picture> frames = new ArrayList<>();
    decode(index -> Arrays.binarySearch(indices, index) >= 0, frames);
    return new Selected(frames, FrameSelection.sampleFps(count, facts.frames(), videoFps));
  }

  /// Decodes the frames displayed at the given times.
  ///
  /// @param micros from the video's first frame
  /// @return in order; owned by the caller, which closes them
  List<Picture> framesAt(long... micros) {
    List<Picture> frames = new ArrayList<>();
    long first = facts().firstFrameMicros();
    run(
        new MediaDecoder.FrameSink() {
          @Override
          public boolean wants(long fromMicros, long untilMicros) {
            return Arrays.stream(micros)
                .anyMatch(time -> fromMicros - first <= time && time < untilMicros - first);
          }

          @Override
          public void frame(long fromMicros, long untilMicros, Picture picture) {
            frames.add(picture);
          }
        },
        frames);
    return frames;
  }

  private MediaFacts decode(LongPredicate wanted, List<Picture> frames) {
    return run(
        new MediaDecoder.FrameSink() {
          private long index;

          @Override
          public boolean wants(long fromMicros, long untilMicros) {
            return wanted.test(index++);
          }

          @Override
          public void frame(long fromMicros, long untilMicros, Picture picture) {
            frames.add(picture);
          }
        },
        frames);
  }

  private MediaFacts run(MediaDecoder.FrameSink sink, List<Picture> frames) {
    try {
      return decoder.decode(media, LIMITS, sink);
    } catch (UnreadableMediaException e) {
      frames.forEach(Picture::close);
      throw new IllegalArgumentException(file + " cannot be used: " + e.rejection().detail(), e);
    }
  }
}
