package io.chronoscope.cli.bench.engine;

import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.DecoderOptions;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.vlm.VideoLanguageModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The rows before the model: decoding a file, and scaling its frames.
///
/// @param file the video
/// @param media its bytes
/// @param decoder of the row `video`
record VideoWorkloads(Path file, ByteBuffer media, MediaDecoder decoder, Stopwatch stopwatch) {

  private static final int CHANNELS = 3;

  /// Frames that a run of the resize row scales.
  private static final int FRAMES = 8;

  /// The user chose this file: it may take long to decode.
  private static final DecodeLimits LIMITS =
      new DecodeLimits(8192L * 4320, Duration.ofDays(1), Long.MAX_VALUE);

  /// @throws EnvironmentException when the file cannot be read
  static VideoWorkloads open(Path file, DecoderOptions decoding, Stopwatch stopwatch) {
    try {
      return new VideoWorkloads(
          file, ByteBuffer.wrap(Files.readAllBytes(file)), new FfmpegDecoder(decoding), stopwatch);
    } catch (IOException e) {
      throw new EnvironmentException("cannot read " + file + ": " + FailureMessages.reason(e), e);
    }
  }

  /// Decodes all frames with one thread, as a stream's worker does. A file has one shape; its first
  /// run is the first of a decoder in this process.
  Workload video() {
    return new Workload() {
      @Override
      public void warmUp() {}

      @Override
      public Outcome run() {
        List<MediaFacts> decoded = new ArrayList<>();
        Cost cost = stopwatch.time(() -> decoded.add(decode(new AllFrames())));
        MediaFacts facts = decoded.getFirst();
        FrameSize size = new FrameSize(facts.widthPx(), facts.heightPx());
        return new Outcome(
            cost,
            Dimensions.ofFrames(size, 1),
            facts.frames(),
            List.of(Work.ofBytes((double) CHANNELS * size.pixels() * facts.frames())));
      }
    };
  }

  /// Scales frames of the file's size to `target`.
  Workload resize(VideoLanguageModel model, FrameSize target) {
    MediaFacts facts = decode(MediaDecoder.FrameSink.NONE);
    FrameSize source = new FrameSize(facts.widthPx(), facts.heightPx());
    FrameSize larger = new FrameSize(target.widthPx() + 28, target.heightPx());
    return new Workload() {
      @Override
      public void warmUp() {
        resizeTo(larger);
      }

      @Override
      public Outcome run() {
        return new Outcome(
            resizeTo(target),
            Dimensions.ofFrames(target, FRAMES),
            FRAMES,
            List.of(
                Work.ofBytes((double) CHANNELS * FRAMES * (source.pixels() + target.pixels()))));
      }

      private Cost resizeTo(FrameSize size) {
        try (TestPictures pictures = TestPictures.of(source, FRAMES)) {
          return stopwatch.time(
              () -> pictures.pictures().forEach(picture -> model.resize(picture, size).close()));
        }
      }
    };
  }

  private MediaFacts decode(MediaDecoder.FrameSink sink) {
    try {
      return decoder.decode(media.duplicate(), LIMITS, sink);
    } catch (UnreadableMediaException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static final class AllFrames implements MediaDecoder.FrameSink {

    @Override
    public boolean wants(long fromMicros, long untilMicros) {
      return true;
    }

    @Override
    public void frame(long fromMicros, long untilMicros, Picture picture) {
      picture.close();
    }
  }
}
