package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/// The video stream that is read from an input, selected among those that it has.
///
/// @param stream valid as long as the input
/// @param others the video streams that were not selected, for people
record VideoSelection(AVStream stream, List<String> others) {

  /// One that can be decoded, then the default one, then the largest, then the first.
  private static final Comparator<AVStream> PREFERENCE =
      Comparator.<AVStream>comparingInt(video -> SupportedCodecs.contain(video.codecpar()) ? 1 : 0)
          .thenComparingInt(video -> video.disposition() & avformat.AV_DISPOSITION_DEFAULT)
          .thenComparingLong(video -> (long) video.codecpar().width() * video.codecpar().height())
          .thenComparingInt(video -> -video.index());

  /// Selects one video stream and makes FFmpeg discard the packets of all others.
  ///
  /// @throws UnreadableMediaException when there is no video, or none of a codec that is decoded
  static VideoSelection of(AVFormatContext context) throws UnreadableMediaException {
    List<AVStream> videos = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < context.nb_streams(); i++) {
      AVStream stream = context.streams(i);
      boolean cover = (stream.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
      if (stream.codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO && !cover) {
        videos.add(stream);
      } else {
        others.add(SupportedCodecs.describe(stream.codecpar()));
      }
    }
    if (videos.isEmpty()) {
      throw new UnreadableMediaException(
          Reason.NO_VIDEO,
          others.isEmpty()
              ? "it has no streams"
              : "none of its %d stream(s) is video: %s".formatted(others.size(), others));
    }
    AVStream selected = Collections.max(videos, PREFERENCE);
    for (int i = 0; i < context.nb_streams(); i++) {
      if (i != selected.index()) {
        context.streams(i).discard(avcodec.AVDISCARD_ALL);
      }
    }
    var unused = SupportedCodecs.of(selected.codecpar());
    return new VideoSelection(
        selected,
        videos.stream()
            .filter(video -> video.index() != selected.index())
            .map(VideoSelection::describe)
            .toList());
  }

  private static String describe(AVStream video) {
    return "%s %dx%d"
        .formatted(
            SupportedCodecs.describe(video.codecpar()),
            video.codecpar().width(),
            video.codecpar().height());
  }

  /// Says which of several video streams was selected; empty when there is only one.
  Optional<String> stated() {
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "of %d video tracks, %s is used, not %s"
                .formatted(others.size() + 1, describe(stream), String.join(", ", others)));
  }
}
