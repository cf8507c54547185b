package io.chronoscope.web;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaProbe;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.web.problem.Problem;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Checks uploaded media before they are published.
final class UploadedMedia {

  private static final String ANY_TYPE = "application/octet-stream";

  private UploadedMedia() {}

  /// What the whole segment holds.
  ///
  /// @throws UnreadableMediaException when it cannot be decoded
  static MediaFacts decode(MediaDecoder decoder, ByteBuffer media, DecodeLimits limits)
      throws UnreadableMediaException {
    return decoder.decode(media, limits, FrameSink.NONE);
  }

  /// Checks a file's headers; cutting it reads the rest.
  static void requireVideo(Path file, @Nullable String contentType)
      throws IOException, UnreadableMediaException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      var unused =
          requireType(
              contentType,
              MediaProbe.of(
                  channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena),
                  DecodeLimits.PICTURE_SIZE_ONLY));
    }
  }

  /// @return the type that the bytes have
  /// @throws ProblemException UNSUPPORTED_MEDIA when the header states another one
  static String requireType(@Nullable String stated, MediaProbe.Found found) {
    String type =
        stated == null ? ANY_TYPE : stated.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    boolean fits =
        switch (type) {
          case ANY_TYPE -> true;
          case "video/mp4", "video/quicktime", "video/iso.segment" ->
              found.contentType().equals("video/mp4");
          case "video/webm", "video/x-matroska", "video/matroska" ->
              found.contentType().equals("video/x-matroska");
          case "video/mp2t" -> found.contentType().equals("video/mp2t");
          default -> false;
        };
    if (!fits) {
      throw Problem.ofField(
              Reason.UNSUPPORTED_MEDIA,
              "Content-Type",
              "it says %s, but the body is %s"
                  .formatted(Parameters.excerpt(type), found.contentType()))
          .exception();
    }
    return found.contentType();
  }

  static ProblemException unusable(UnreadableMediaException e) {
    return new ProblemException(
        Reason.UNSUPPORTED_MEDIA,
        "%s: %s".formatted(Json.nameOf(e.rejection().reason()), e.rejection().detail()));
  }
}
