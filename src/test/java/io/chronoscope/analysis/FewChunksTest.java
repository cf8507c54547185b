package io.chronoscope.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.model.ChunkOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FewChunksTest {

  private static List<ChunkOrigin> chunks(long from, long until) {
    return LongStream.range(from, until)
        .mapToObj(offset -> new ChunkOrigin("video.chunks", 0, offset))
        .toList();
  }

  @Test
  void namesAllOfAFew() {
    assertThat(FewChunks.of(chunks(0, FewChunks.AT_MOST))).isEqualTo(chunks(0, FewChunks.AT_MOST));
  }

  @Test
  void namesTheFirstAndTheLastOfManyHoweverTheyCome() {
    List<ChunkOrigin> expected = new ArrayList<>(chunks(0, FewChunks.AT_MOST / 2));
    expected.addAll(chunks(1000 - FewChunks.AT_MOST / 2, 1000));

    assertThat(FewChunks.of(chunks(0, 1000))).isEqualTo(expected);
    List<ChunkOrigin> known = List.of();
    for (int at = 0; at < 1000; at += 10) {
      known = new ArrayList<>(known);
      known.addAll(chunks(at, at + 10));
      known = FewChunks.of(known);
    }
    assertThat(known).isEqualTo(expected);
  }
}
