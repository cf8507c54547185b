package io.chronoscope.web.play;

import io.chronoscope.client.ChunkIndex.Entry;
import io.chronoscope.client.RetainedMedia;
import io.chronoscope.decode.Clip;
import io.chronoscope.decode.ClipCopier;
import io.chronoscope.decode.ClipEncoder;
import io.chronoscope.decode.ClipPart;
import io.chronoscope.decode.NotPlayableException;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.web.play.ClipCache.Cached;
import io.chronoscope.web.play.WorkLimits.Deadline;
import io.chronoscope.web.problem.Problem;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Makes clips of retained chunks.
@ApplicationScoped
public class Clips {

  private final RetainedVideo video;
  private final WorkLimits limits;
  private final ClipCache cache;

  Clips(RetainedVideo video, WorkLimits limits, ClipCache cache) {
    this.video = video;
    this.limits = limits;
    this.cache = cache;
  }

  /// How the video gets into the clip.
  public enum Mode {
    /// As it is encoded; the clip starts at a key frame.
    COPY,
    /// Encoded again as H.264.
    ENCODE
  }

  /// @throws ProblemException when there is no such clip, or it would be too large or too slow
  public Cached make(String stream, Instant from, Instant to, Mode mode) {
    limits.checkSpan(from, to);
    Deadline deadline = limits.deadline();
    try {
      List<Entry> entries = video.find(stream, from, to, deadline).entries();
      limits.checkBytes(entries.stream().mapToLong(Entry::sizeBytes).sum());
      String key = ClipCache.key(stream, from, to, mode, entries);
      Optional<Cached> cached = cache.find(key);
      if (cached.isPresent()) {
        return cached.get();
      }
      return limits.run(deadline, () -> make(key, entries, from, to, mode, deadline));
    } catch (ProblemException e) {
      throw e;
    } catch (NotPlayableException e) {
      throw Problem.ofField(
              Reason.NOT_PLAYABLE,
              "transcode",
              e.getMessage() + "; with transcode=true it is encoded again")
          .exception();
    } catch (UnreadableMediaException e) {
      throw new ProblemException(Reason.UNREADABLE_VIDEO, e.rejection().detail());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Reason.BUSY, "the service is stopping");
    } catch (Exception e) {
      throw new IllegalStateException("a clip of %s could not be made".formatted(stream), e);
    }
  }

  private Cached make(
      String key, List<Entry> entries, Instant from, Instant to, Mode mode, Deadline deadline)
      throws IOException, UnreadableMediaException, NotPlayableException {
    LongConsumer bounds =
        bytes -> {
          limits.checkBytes(bytes);
          deadline.check();
        };
    long fromMicros = StreamClock.epochMicros(from);
    long toMicros = StreamClock.epochMicros(to);
    Path file = cache.newFile();
    boolean made = false;
    try {
      Clip clip =
          switch (mode) {
            case COPY -> {
              try (ClipCopier copier =
                  new ClipCopier(file, fromMicros, toMicros, limits.decode(), bounds)) {
                appendAll(entries, deadline, copier::append);
                yield copier.finish();
              }
            }
            case ENCODE -> {
              try (ClipEncoder encoder =
                  new ClipEncoder(file, fromMicros, toMicros, limits.decode(), bounds)) {
                appendAll(entries, deadline, encoder::append);
                yield encoder.finish();
              }
            }
          };
      Cached cached = cache.add(key, file, clip);
      made = true;
      return cached;
    } finally {
      if (!made) {
        java.nio.file.Files.deleteIfExists(file);
      }
    }
  }

  @FunctionalInterface
  private interface Appender {

    boolean append(ClipPart part)
        throws IOException, UnreadableMediaException, NotPlayableException;
  }

  /// A chunk that cannot be read leaves a hole, as it does for the analysis; only when none can be
  /// read there is no clip.
  private void appendAll(List<Entry> entries, Deadline deadline, Appender appender)
      throws IOException, UnreadableMediaException, NotPlayableException {
    List<UnreadableMediaException> unreadable = new ArrayList<>();
    try (RetainedMedia reader = video.open()) {
      for (Entry entry : entries) {
        deadline.check();
        try {
          ByteBuffer media = video.media(entry, reader);
          if (!appender.append(new ClipPart(media, StreamClock.epochMicros(entry.start())))) {
            return;
          }
        } catch (UnreadableMediaException e) {
          unreadable.add(e);
        }
      }
    }
    if (unreadable.size() == entries.size()) {
      throw unreadable.getFirst();
    }
  }
}
