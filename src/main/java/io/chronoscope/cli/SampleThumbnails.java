package io.chronoscope.cli;

import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.domain.Picture;
import io.chronoscope.render.TimelinePicture;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Frames out of the videos that a picture of timelines is about.
final class SampleThumbnails {

  private SampleThumbnails() {}

  static TimelinePicture.Thumbnails of(Map<String, Path> videos) {
    return (stream, millis) -> {
      Path file = videos.get(stream);
      if (file == null) {
        return List.of();
      }
      long[] micros = millis.stream().mapToLong(time -> time * 1000).toArray();
      List<Picture> frames = VideoFile.open(file, new FfmpegDecoder()).at(micros);
      List<BufferedImage> images = frames.stream().map(PictureFiles::toImage).toList();
      frames.forEach(Picture::close);
      return images;
    };
  }
}
