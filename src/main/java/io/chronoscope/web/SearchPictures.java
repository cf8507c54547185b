package io.chronoscope.web;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FirstPicture;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaTaskRunner;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.service.PictureDescriptions;
import io.chronoscope.web.problem.Problem;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Reads pictures that are searched for, in a decode worker, and has the model describe them.
@ApplicationScoped
class SearchPictures {

  private static final int MAX_BYTES = 10 * 1024 * 1024;
  private static final int MAX_CONCURRENT = 2;
  private static final String ANY_TYPE = "application/octet-stream";

  private final ChronoscopeConfig settings;
  private final MediaDecoder decoder;
  private final MediaTaskRunner tasks;
  private final PictureDescriptions descriptions;
  private final Semaphore places = new Semaphore(MAX_CONCURRENT);

  SearchPictures(
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      MediaTaskRunner tasks,
      PictureDescriptions descriptions) {
    this.settings = settings;
    this.decoder = decoder;
    this.tasks = tasks;
    this.descriptions = descriptions;
  }

  /// What a picture shows, in the words of events.
  ///
  /// @throws ProblemException when the body is no picture of the stated type, or the model is not
  ///   there for it
  String describe(@Nullable String contentType, InputStream body) {
    byte[] bytes = Bodies.bytes(body, MAX_BYTES);
    if (bytes.length == 0) {
      throw new ProblemException(Reason.INVALID_BODY, "the body is empty; send a picture");
    }
    if (!places.tryAcquire()) {
      throw ProblemException.later(
          Reason.BUSY, "the model is describing other pictures", Duration.ofSeconds(5));
    }
    try (Picture picture = read(contentType, ByteBuffer.wrap(bytes))) {
      return descriptions
          .of(picture)
          .orElseThrow(() ->
              ProblemException.later(
                  Reason.STARTING, "the model is loading", Duration.ofSeconds(5)));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Reason.UNSUPPORTED_MEDIA, String.valueOf(e.getMessage()));
    } catch (UnreadableMediaException e) {
      throw UploadedMedia.unusable(e);
    } finally {
      places.release();
    }
  }

  private Picture read(@Nullable String contentType, ByteBuffer bytes)
      throws UnreadableMediaException {
    DecodeLimits limits = ConfiguredDecoding.segmentLimits(settings);
    Picture picture = FirstPicture.of(decoder, bytes, limits);
    boolean usable = false;
    try {
      requireType(contentType, tasks.probe("", bytes, limits).contentType());
      usable = true;
      return picture;
    } finally {
      if (!usable) {
        picture.close();
      }
    }
  }

  private static void requireType(@Nullable String stated, String found) {
    String type =
        stated == null ? ANY_TYPE : stated.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!found.startsWith("image/")) {
      throw new ProblemException(
          Reason.UNSUPPORTED_MEDIA, "the body is %s, not a picture".formatted(found));
    }
    if (!type.equals(ANY_TYPE) && !type.equals(found)) {
      throw Problem.ofField(
              Reason.UNSUPPORTED_MEDIA,
              "Content-Type",
              "it says %s, but the body is %s".formatted(Parameters.excerpt(type), found))
          .exception();
    }
  }
}
