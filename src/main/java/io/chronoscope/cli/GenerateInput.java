package io.chronoscope.cli;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.checkpoint.PixelLimits;
import io.chronoscope.cli.console.PictureFiles;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.qwen.image.SmartResize;
import io.chronoscope.qwen.image.VideoPixels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of `generate` that say what the question is about. Exactly one is set.
final class GenerateInput {

  // Without initial values: picocli would count them as given.
  @Option(
      names = "--frames",
      paramLabel = "DIR",
      required = true,
      description =
          "Directory of PNG files in name order, treated as frames sampled at --fps. They are not"
              + " scaled when their sides are multiples of 28.")
  @Nullable Path frames;

  @Option(
      names = "--video",
      paramLabel = "FILE",
      required = true,
      description = "Video file, sampled at --fps.")
  @Nullable Path video;

  @Option(names = "--image", paramLabel = "FILE", required = true, description = "Still picture.")
  @Nullable Path image;

  /// Pictures to ask about. Owns them.
  ///
  /// @param fps sampling rate of a video; empty for a still picture
  record Pictures(List<Picture> pictures, OptionalDouble fps) implements AutoCloseable {

    @Override
    public void close() {
      pictures.forEach(Picture::close);
    }
  }

  /// Reads the pictures.
  ///
  /// @param fps rate of the directory of frames, and rate to sample a video at
  /// @return owned by the caller, which closes it
  Pictures read(double fps, Checkpoint checkpoint) {
    if (image != null) {
      return new Pictures(List.of(PictureFiles.read(image)), OptionalDouble.empty());
    }
    if (frames != null) {
      return new Pictures(PictureFiles.readFolder(frames), OptionalDouble.of(fps));
    }
    VideoFile.Selected selected =
        VideoFile.open(Objects.requireNonNull(video), new FfmpegDecoder()).select(fps);
    List<Picture> scaled = new ArrayList<>(selected.frames());
    try {
      // Also a frame whose sides are multiples of 28 must respect the pixel limits.
      scale(scaled, videoSize(size(scaled.getFirst()), scaled.size(), checkpoint));
    } catch (RuntimeException | Error e) {
      scaled.forEach(Picture::close);
      throw e;
    }
    return new Pictures(scaled, OptionalDouble.of(selected.fps()));
  }

  /// Returns the size that `fetch_video` of the reference implementation gives the frames of a
  /// whole video.
  private static FrameSize videoSize(FrameSize size, int frames, Checkpoint checkpoint) {
    PixelLimits limits = checkpoint.preprocessor().videoFrame();
    return SmartResize.fit(
        size.heightPx(),
        size.widthPx(),
        checkpoint.vision().tokenSizePx(),
        limits.minPixels(),
        VideoPixels.maxPixelsPerFrame(frames, limits));
  }

  private static FrameSize size(Picture picture) {
    return picture.size();
  }

  private static void scale(List<Picture> frames, FrameSize size) {
    frames.replaceAll(frame -> {
      if (size(frame).equals(size)) {
        return frame;
      }
      Picture scaled = BicubicResize.resize(frame, size);
      frame.close();
      return scaled;
    });
  }
}
