package io.chronoscope.cli.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.decode.MediaSegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PacedFeedTest {

  private static final RepeatedVideo SHORT = video("short", 4, 2);
  private static final RepeatedVideo LONG = video("long", 5, 5, 5);

  private final PacedFeed feed = new PacedFeed(List.of(SHORT, LONG));

  /// @param seconds lengths of its segments
  private static RepeatedVideo video(String name, int... seconds) {
    List<MediaSegment> segments = new ArrayList<>();
    Duration start = Duration.ZERO;
    for (int length : seconds) {
      Duration duration = Duration.ofSeconds(length);
      segments.add(
          new MediaSegment(segments.size(), start, duration, "video/mp4", ByteBuffer.allocate(1)));
      start = start.plus(duration);
    }
    return new RepeatedVideo(name, segments);
  }

  @Test
  void sendsWhatIsDueAndNoMore() {
    List<RepeatedVideo.Chunk> sent = take(60_000);

    assertThat(feed.sentMs()).isBetween(60_000L, 64_999L);
    assertThat(feed.next(60_000)).isEmpty();
    assertThat(feed.next(feed.sentMs() + 1)).isPresent();
    assertThat(sent).hasSizeGreaterThan(10);
  }

  @Test
  void streamsAdvanceAlike() {
    Map<String, Long> endMs = new HashMap<>();
    for (RepeatedVideo.Chunk chunk : take(300_000)) {
      endMs.put(chunk.stream(), chunk.start().plus(chunk.segment().duration()).toMillis());
    }

    assertThat(endMs.get("long")).isBetween(endMs.get("short") - 5000, endMs.get("short") + 5000);
  }

  @Test
  void aRepetitionBeginsWhereTheLastOneEnded() {
    List<RepeatedVideo.Chunk> chunks =
        take(200_000).stream().filter(chunk -> chunk.stream().equals("short")).toList();

    Duration end = Duration.ZERO;
    for (int i = 0; i < chunks.size(); i++) {
      assertThat(chunks.get(i).number()).isEqualTo(i);
      assertThat(chunks.get(i).start()).isEqualTo(end);
      end = end.plus(chunks.get(i).segment().duration());
    }
    assertThat(end).isGreaterThan(Duration.ofSeconds(90));
  }

  private List<RepeatedVideo.Chunk> take(long dueMs) {
    List<RepeatedVideo.Chunk> taken = new ArrayList<>();
    for (Optional<RepeatedVideo.Chunk> next = feed.next(dueMs);
        next.isPresent();
        next = feed.next(dueMs)) {
      taken.add(next.get());
    }
    return taken;
  }
}
