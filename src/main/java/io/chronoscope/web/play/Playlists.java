package io.chronoscope.web.play;

import io.chronoscope.client.ChunkIndex.Entry;
import io.chronoscope.client.ChunkIndex.Lookup;
import io.chronoscope.client.RetainedMedia;
import io.chronoscope.decode.MediaTaskRunner;
import io.chronoscope.decode.NotPlayableException;
import io.chronoscope.decode.PlayableSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.web.play.WorkLimits.Deadline;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Rfc3339;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Playlists of HTTP Live Streaming (RFC 8216): one segment for each retained chunk, as fragmented
/// MP4. Each chunk is decodable on its own and starts at its own time zero, so each is a
/// discontinuity with its own initialization and the date and time at which it starts.
@ApplicationScoped
public class Playlists {

  /// The most segments of one playlist: an hour of chunks of two seconds, and more.
  static final int MAX_SEGMENTS = 2_000;

  private static final int MAX_CACHED = 16;

  private final RetainedVideo video;
  private final WorkLimits limits;
  private final MediaTaskRunner decoders;
  private final Map<String, PlayableSegment> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PlayableSegment> eldest) {
          return size() > MAX_CACHED;
        }
      };

  Playlists(RetainedVideo video, WorkLimits limits, MediaTaskRunner decoders) {
    this.video = video;
    this.limits = limits;
    this.decoders = decoders;
  }

  /// The playlist of a range; without an end it grows as chunks arrive, until the stream ends.
  public String of(String stream, Optional<Instant> from, Optional<Instant> to) {
    if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
      throw ProblemException.parameter(
          "to", "%s is not after from (%s)".formatted(to.get(), from.get()));
    }
    Lookup.Found found;
    try {
      found =
          video.find(
              stream,
              from.orElse(Instant.EPOCH),
              to.orElse(Instant.parse("2200-01-01T00:00:00Z")),
              limits.deadline());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Reason.BUSY, "the service is stopping");
    }
    List<Entry> entries = found.entries();
    int skipped = Math.max(0, entries.size() - MAX_SEGMENTS);
    return write(
        entries.subList(skipped, entries.size()),
        found.firstIndex() + skipped,
        found.ended() || to.isPresent());
  }

  private static String write(List<Entry> entries, long firstIndex, boolean complete) {
    long longest =
        entries.stream().map(Playlists::duration).mapToLong(Playlists::ceilSeconds).max().orElse(1);
    StringBuilder text =
        new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
            .append("#EXT-X-TARGETDURATION:%d\n".formatted(Math.max(1, longest)))
            .append("#EXT-X-MEDIA-SEQUENCE:%d\n".formatted(firstIndex))
            .append("#EXT-X-DISCONTINUITY-SEQUENCE:%d\n".formatted(firstIndex));
    if (complete) {
      text.append("#EXT-X-PLAYLIST-TYPE:VOD\n");
    }
    boolean first = true;
    for (Entry entry : entries) {
      String base = "segments/%d-%d".formatted(entry.origin().partition(), entry.origin().offset());
      if (!first) {
        text.append("#EXT-X-DISCONTINUITY\n");
      }
      first = false;
      text.append("#EXT-X-MAP:URI=\"%s/init.mp4\"\n".formatted(base))
          .append("#EXT-X-PROGRAM-DATE-TIME:%s\n".formatted(Rfc3339.format(entry.start())))
          .append(String.format(Locale.ROOT, "#EXTINF:%.3f,\n", duration(entry).toNanos() / 1e9))
          .append("%s/media.m4s\n".formatted(base));
    }
    if (complete) {
      text.append("#EXT-X-ENDLIST\n");
    }
    return text.toString();
  }

  private static Duration duration(Entry entry) {
    Duration declared = Duration.between(entry.start(), entry.end());
    return declared.isPositive() ? declared : Duration.ofSeconds(1);
  }

  private static long ceilSeconds(Duration duration) {
    return (duration.toMillis() + 999) / 1000;
  }

  /// The segment of a chunk.
  ///
  /// @param position `partition-offset`
  /// @throws ProblemException when the stream has no such chunk, or it cannot be played
  public PlayableSegment segment(String stream, String position) {
    ChunkOrigin origin = origin(position);
    Deadline deadline = limits.deadline();
    try (RetainedMedia reader = video.open()) {
      String key = origin + " " + stream;
      PlayableSegment cached = cached(key);
      if (cached != null) {
        return cached;
      }
      Chunk chunk = video.chunk(origin, reader);
      if (!chunk.stream().equals(stream)) {
        throw noSegment(position);
      }
      limits.checkBytes(chunk.sizeBytes());
      PlayableSegment segment =
          limits.run(
              deadline, () -> decoders.playable(stream, video.media(chunk), limits.decode()));
      synchronized (cache) {
        cache.put(key, segment);
      }
      return segment;
    } catch (ProblemException e) {
      throw e;
    } catch (NotPlayableException e) {
      throw new ProblemException(Reason.NOT_PLAYABLE, String.valueOf(e.getMessage()));
    } catch (UnreadableMediaException e) {
      throw new ProblemException(Reason.UNREADABLE_VIDEO, e.rejection().detail());
    } catch (Exception e) {
      throw new IllegalStateException("segment %s could not be made".formatted(position), e);
    }
  }

  private @Nullable PlayableSegment cached(String key) {
    synchronized (cache) {
      return cache.get(key);
    }
  }

  private ChunkOrigin origin(String position) {
    if (!position.matches("\\d{1,9}-\\d{1,18}")) {
      throw noSegment(position);
    }
    int dash = position.indexOf('-');
    return video.origin(
        Integer.parseInt(position.substring(0, dash)),
        Long.parseLong(position.substring(dash + 1)));
  }

  private static ProblemException noSegment(String position) {
    return new ProblemException(
        Reason.NOT_FOUND,
        "the stream has no segment " + position.substring(0, Math.min(40, position.length())));
  }
}
