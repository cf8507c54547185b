package io.chronoscope.cli.bench.soak;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Says which chunk comes next, so that all streams advance alike. For use by one thread.
final class PacedFeed {

  private final List<RepeatedVideo> videos;
  private final long[] nextNumber;
  private final long[] sentMs;

  PacedFeed(List<RepeatedVideo> videos) {
    this.videos = List.copyOf(videos);
    this.nextNumber = new long[videos.size()];
    this.sentMs = new long[videos.size()];
  }

  /// Takes the next chunk of the stream that is behind all others.
  ///
  /// @param dueMs video that should have been sent by now, of all streams together
  /// @return empty when that much has been sent
  Optional<RepeatedVideo.Chunk> next(long dueMs) {
    if (sentMs() >= dueMs) {
      return Optional.empty();
    }
    int last = 0;
    for (int i = 1; i < sentMs.length; i++) {
      last = sentMs[i] < sentMs[last] ? i : last;
    }
    RepeatedVideo.Chunk chunk = videos.get(last).chunk(nextNumber[last]++);
    sentMs[last] = chunk.start().plus(chunk.segment().duration()).toMillis();
    return Optional.of(chunk);
  }

  /// Video sent so far, of all streams together, in milliseconds.
  long sentMs() {
    return Arrays.stream(sentMs).sum();
  }
}
