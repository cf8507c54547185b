package io.chronoscope.web;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaProbe;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.problem.Problem;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Checks uploaded media before they are published.
final class UploadedMedia {

  private static final String ANY_TYPE = "application/octet-stream";
  private static final int MAX_STREAM_ID = 512;

  private UploadedMedia() {}

  /// @throws ProblemException when the caller may not use this stream, or it cannot be a stream's
  ///   id
  static void requireStreamId(String id, Caller caller) {
    caller.requireStream(id);
    if (id.isBlank() || id.length() > MAX_STREAM_ID) {
      throw ProblemException.parameter(
          "id", "a stream id has 1 to %d characters".formatted(MAX_STREAM_ID));
    }
    if (id.codePoints().anyMatch(Character::isISOControl)) {
      throw ProblemException.parameter("id", "a stream id has no control characters");
    }
  }

  /// What the whole segment holds.
  ///
  /// @throws UnreadableMediaException when it cannot be decoded
  static MediaFacts decode(MediaDecoder decoder, ByteBuffer media, DecodeLimits limits)
      throws UnreadableMediaException {
    return decoder.decode(media, limits, FrameSink.NONE);
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
