package io.chronoscope.claimcheck;

import io.chronoscope.analysis.AnalysisEvent.MediaFetched;
import io.chronoscope.analysis.AnalysisEvent.MediaUnavailable;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;

/// Fetches media from the sources that the settings allow, and retries with exponential back-off
/// while a source cannot be reached. Connects on the first fetch. Thread-safe.
public final class ReferenceStore implements ReferencedMedia, AutoCloseable {

  private static final Duration INITIAL_BACKOFF = Duration.ofMillis(200);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(15);

  private final ReferenceSettings settings;
  private final AnalysisListener listener;
  private final RetryClock clock;
  private final Map<String, MediaSource> sources;
  private final ArrivedBytes memory;

  public ReferenceStore(ReferenceSettings settings, AnalysisListener listener) {
    this(settings, listener, RetryClock.SYSTEM, Long.MAX_VALUE);
  }

  /// @param maxBytes of media that were fetched and not used yet, over all callers of [#use]
  public ReferenceStore(ReferenceSettings settings, AnalysisListener listener, long maxBytes) {
    this(settings, listener, RetryClock.SYSTEM, maxBytes);
  }

  ReferenceStore(
      ReferenceSettings settings, AnalysisListener listener, RetryClock clock, long maxBytes) {
    this.settings = settings;
    this.listener = listener;
    this.clock = clock;
    this.memory = new ArrivedBytes(maxBytes);
    this.sources =
        Map.of(
            "file", new FileSource(settings.roots()),
            "s3", new S3Source(settings.objects(), settings.timeout()));
  }

  /// @throws CancellationException when the thread is interrupted
  @Override
  public ByteBuffer fetch(Media.Reference reference) throws UnreadableMediaException {
    return use(reference, bytes -> bytes);
  }

  /// @throws CancellationException when the thread is interrupted
  @Override
  public <T> T use(Media.Reference reference, Use<T> use) throws UnreadableMediaException {
    try (ArrivedBytes.Fetch fetch = memory.begin()) {
      return use.of(fetch(reference, fetch));
    }
  }

  private ByteBuffer fetch(Media.Reference reference, ArrivedBytes.Fetch fetch)
      throws UnreadableMediaException {
    MediaSource source = sourceOf(reference.uri());
    long start = clock.nanoTime();
    Duration backoff = INITIAL_BACKOFF;
    while (true) {
      try {
        byte[] bytes = read(reference, source, fetch);
        listener.on(new MediaFetched(reference, Duration.ofNanos(clock.nanoTime() - start)));
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
      } catch (IOException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted(reference);
        }
        String problem = e.getMessage() == null ? e.toString() : e.getMessage();
        Duration elapsed = Duration.ofNanos(clock.nanoTime() - start);
        if (elapsed.plus(backoff).compareTo(settings.retryTimeout()) > 0) {
          throw new UnreadableMediaException(
              Reason.REFERENCE_MISSING,
              "%s could not be reached within %d s, so it is unknown whether it exists: %s"
                  .formatted(reference.uri(), elapsed.toSeconds(), problem));
        }
        listener.on(new MediaUnavailable(reference, problem));
        sleep(backoff, reference);
        fetch.restart();
        backoff = backoff.multipliedBy(2);
        backoff = backoff.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : backoff;
      }
    }
  }

  private byte[] read(Media.Reference reference, MediaSource source, ArrivedBytes.Fetch fetch)
      throws UnreadableMediaException, IOException {
    long deadlineNanos = clock.nanoTime() + settings.timeout().toNanos();
    MediaSource.OpenMedia media = source.open(reference.uri());
    boolean complete = false;
    try {
      byte[] bytes = VerifiedRead.read(reference, media, clock, deadlineNanos, fetch);
      complete = true;
      return bytes;
    } finally {
      if (complete) {
        media.bytes().close();
      } else {
        media.abort().run();
      }
    }
  }

  private MediaSource sourceOf(URI uri) throws UnreadableMediaException {
    MediaSource source = sources.get(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT));
    if (source == null) {
      throw new UnreadableMediaException(
          Reason.REFERENCE_FORBIDDEN,
          "media are not fetched from %s: references; supported are file: and s3:"
              .formatted(uri.getScheme()));
    }
    return source;
  }

  private void sleep(Duration backoff, Media.Reference reference) {
    try {
      clock.sleep(backoff);
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
    sources.values().forEach(MediaSource::close);
  }
}
