package io.chronoscope.claimcheck;

import io.chronoscope.analysis.AnalysisEvent.MediaFetched;
import io.chronoscope.analysis.AnalysisEvent.MediaUnavailable;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput.Media;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;

/// Fetches media from the places that the settings allow; a place that cannot be reached is tried
/// again for a while. Opens nothing before the first reference comes. Safe for use by several
/// threads.
public final class ReferenceStore implements ReferencedMedia, AutoCloseable {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private final ReferenceSettings settings;
  private final AnalysisListener listener;
  private final Pacing pacing;
  private final Map<String, MediaSource> places;

  public ReferenceStore(ReferenceSettings settings, AnalysisListener listener) {
    this(settings, listener, Pacing.SYSTEM);
  }

  ReferenceStore(ReferenceSettings settings, AnalysisListener listener, Pacing pacing) {
    this.settings = settings;
    this.listener = listener;
    this.pacing = pacing;
    this.places =
        Map.of(
            "file", new FileSource(settings.roots()),
            "s3", new S3Source(settings.objects(), settings.timeout()));
  }

  /// @throws CancellationException when the thread is interrupted
  @Override
  public ByteBuffer fetch(Media.Reference reference) throws UnreadableMediaException {
    MediaSource place = placeOf(reference.uri());
    long began = pacing.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        byte[] bytes = read(reference, place);
        listener.on(new MediaFetched(reference, Duration.ofNanos(pacing.nanoTime() - began)));
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
      } catch (IOException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted(reference);
        }
        String problem = e.getMessage() == null ? e.toString() : e.getMessage();
        Duration tried = Duration.ofNanos(pacing.nanoTime() - began);
        if (tried.plus(pause).compareTo(settings.patience()) > 0) {
          throw new UnreadableMediaException(
              Reason.REFERENCE_MISSING,
              "%s could not be reached in %d s, so nobody knows whether it is there: %s"
                  .formatted(reference.uri(), tried.toSeconds(), problem));
        }
        listener.on(new MediaUnavailable(reference, problem));
        pause(pause, reference);
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      }
    }
  }

  private byte[] read(Media.Reference reference, MediaSource place)
      throws UnreadableMediaException, IOException {
    long deadlineNanos = pacing.nanoTime() + settings.timeout().toNanos();
    MediaSource.Opened opened = place.open(reference.uri());
    boolean whole = false;
    try {
      byte[] bytes = VerifiedRead.read(reference, opened, pacing, deadlineNanos);
      whole = true;
      return bytes;
    } finally {
      if (whole) {
        opened.bytes().close();
      } else {
        opened.abandon().run();
      }
    }
  }

  private MediaSource placeOf(URI uri) throws UnreadableMediaException {
    MediaSource place = places.get(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT));
    if (place == null) {
      throw new UnreadableMediaException(
          Reason.REFERENCE_FORBIDDEN,
          "nothing is fetched from %s: references; only file: and s3: are followed"
              .formatted(uri.getScheme()));
    }
    return place;
  }

  private void pause(Duration length, Media.Reference reference) {
    try {
      pacing.pause(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(reference);
    }
  }

  private static CancellationException interrupted(Media.Reference reference) {
    return new CancellationException("interrupted while fetching " + reference.uri());
  }

  @Override
  public void close() {
    places.values().forEach(MediaSource::close);
  }
}
