package io.chronoscope.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.ChunkOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChunkSampleTest {

  private static List<ChunkOrigin> chunks(long from, long until) {
    return LongStream.range(from, until)
        .mapToObj(offset -> new ChunkOrigin("video.chunks", 0, offset))
        .toList();
  }

  @Test
  void keepsAllOfAFew() {
    assertThat(ChunkSample.of(chunks(0, ChunkSample.MAX_CHUNKS)))
        .isEqualTo(chunks(0, ChunkSample.MAX_CHUNKS));
  }

  @Test
  void keepsTheFirstAndLastOfMany() {
    List<ChunkOrigin> expected = new ArrayList<>(chunks(0, ChunkSample.MAX_CHUNKS / 2));
    expected.addAll(chunks(1000 - ChunkSample.MAX_CHUNKS / 2, 1000));

    assertThat(ChunkSample.of(chunks(0, 1000))).isEqualTo(expected);
    List<ChunkOrigin> known = List.of();
    for (int at = 0; at < 1000; at += 10) {
      known = new ArrayList<>(known);
      known.addAll(chunks(at, at + 10));
      known = ChunkSample.of(known);
    }
    assertThat(known).isEqualTo(expected);
  }
}
