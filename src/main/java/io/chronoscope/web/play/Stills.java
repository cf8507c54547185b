package io.chronoscope.web.play;

import io.chronoscope.client.ChunkIndex.Entry;
import io.chronoscope.client.RetainedMedia;
import io.chronoscope.decode.JpegEncoder;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.web.play.WorkLimits.Deadline;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Takes pictures out of retained chunks, as JPEG.
@ApplicationScoped
public class Stills {

  private static final int MAX_CACHED = 500;

  private final RetainedVideo video;
  private final WorkLimits limits;
  private final MediaDecoder decoder;
  private final Map<String, byte[]> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
          return size() > MAX_CACHED;
        }
      };

  Stills(RetainedVideo video, WorkLimits limits, MediaDecoder decoder) {
    this.video = video;
    this.limits = limits;
    this.decoder = decoder;
  }

  /// The picture shown at a time; where a chunk covers the time without a frame, its last one
  /// before.
  ///
  /// @param widthPx the most
  /// @throws ProblemException when there is none
  public byte[] at(String stream, Instant time, int widthPx) {
    Deadline deadline = limits.deadline();
    try {
      List<Entry> entries = video.find(stream, time, time.plusNanos(1_000_000), deadline).entries();
      Entry entry = entries.getFirst();
      String key = entry.origin() + " " + time + " " + widthPx;
      byte[] cached = cached(key);
      if (cached != null) {
        return cached;
      }
      limits.checkBytes(entry.sizeBytes());
      byte[] jpeg =
          limits.run(
              deadline,
              () -> {
                try (RetainedMedia reader = video.open();
                    Picture picture =
                        picture(
                            stream,
                            video.media(entry, reader),
                            StreamClock.epochMicros(time) - StreamClock.epochMicros(entry.start()),
                            deadline)) {
                  return JpegEncoder.encode(picture, widthPx);
                }
              });
      synchronized (cache) {
        cache.put(key, jpeg);
      }
      return jpeg;
    } catch (ProblemException e) {
      throw e;
    } catch (UnreadableMediaException e) {
      throw new ProblemException(Reason.UNREADABLE_VIDEO, e.rejection().detail());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Reason.BUSY, "the service is stopping");
    } catch (Exception e) {
      throw new IllegalStateException("no picture of %s could be made".formatted(stream), e);
    }
  }

  private byte @Nullable [] cached(String key) {
    synchronized (cache) {
      return cache.get(key);
    }
  }

  /// Ends decoding once the picture is found.
  private static final class Found extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Found() {
      super("found", null, false, false);
    }
  }

  /// @param micros from the segment's time zero
  private Picture picture(String stream, ByteBuffer media, long micros, Deadline deadline)
      throws UnreadableMediaException {
    var sink =
        new FrameSink() {
          private @Nullable Picture last;

          @Override
          public boolean wants(long from, long until) {
            deadline.check();
            if (from > micros && last != null) {
              throw new Found();
            }
            // Few frames before the time are converted in vain: only those that may be the last.
            return until > micros - 1_000_000 || last == null;
          }

          @Override
          public void frame(long from, long until, Picture picture) {
            if (last != null) {
              last.close();
            }
            last = picture;
            if (until > micros) {
              throw new Found();
            }
          }
        };
    boolean found = false;
    try {
      var unused = decoder.decode(stream, media, limits.decode(), sink);
      found = true;
    } catch (Found e) {
      found = true;
    } finally {
      if (!found && sink.last != null) {
        sink.last.close();
      }
    }
    if (sink.last == null) {
      throw new ProblemException(Reason.NO_VIDEO, "the chunk shows nothing at that time");
    }
    return sink.last;
  }
}
