package io.chronoscope.cli;

import io.chronoscope.cli.console.PictureFiles;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.domain.Picture;
import io.chronoscope.render.TimelinePicture;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Decodes frames of the video files shown in a picture of timelines.
final class SampleThumbnails {

  private SampleThumbnails() {}

  /// @param videos the file of each stream
  static TimelinePicture.Thumbnails of(Map<String, Path> videos) {
    return (stream, millis) -> {
      Path file = videos.get(stream);
      if (file == null) {
        return List.of();
      }
      long[] micros = millis.stream().mapToLong(time -> time * 1000).toArray();
      List<Picture> frames = VideoFile.open(file, new FfmpegDecoder()).framesAt(micros);
      List<BufferedImage> images = frames.stream().map(PictureFiles::toImage).toList();
      frames.forEach(Picture::close);
      return images;
    };
  }
}
