package io.chronoscope.qwen.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MropePositionsTest {

  @Test
  void advancesAllAxesWithText() {
    MropePositions positions = MropePositions.builder(2).text(3).build();
    assertThat(positions.time()).containsExactly(0, 1, 2);
    assertThat(positions.height()).containsExactly(0, 1, 2);
    assertThat(positions.width()).containsExactly(0, 1, 2);
    assertThat(positions.next()).isEqualTo(3);
  }

  @Test
  void placesAVideoByTimeRowAndColumn() {
    MropePositions positions =
        MropePositions.builder(2)
            .text(1)
            .video(new VideoTokens.All(new TokenGrid(1, 2), 3), 1.0)
            .text(1)
            .build();
    assertThat(positions.time()).containsExactly(0, 1, 1, 3, 3, 5, 5, 6);
    assertThat(positions.height()).containsExactly(0, 1, 1, 1, 1, 1, 1, 6);
    assertThat(positions.width()).containsExactly(0, 1, 2, 1, 2, 1, 2, 6);
    assertThat(positions.next()).isEqualTo(7);
  }

  @Test
  void startsTextAfterTheWidestAxis() {
    MropePositions positions = MropePositions.builder(2).image(new TokenGrid(2, 5)).text(1).build();
    assertThat(positions.time()[10]).isEqualTo(5);
  }

  @Test
  void timesPairsIndividually() {
    MropePositions positions =
        MropePositions.builder(2)
            .video(new VideoTokens.All(new TokenGrid(1, 1), 3), new double[] {0, 0.4, 1.75})
            .build();
    assertThat(positions.time()).containsExactly(0, 0, 3);
    assertThat(positions.next()).isEqualTo(4);
  }

  @Test
  void tokensThatAreLeftOutChangeNoPositionOfOthers() {
    TokenGrid grid = new TokenGrid(2, 3);
    VideoTokens kept =
        new VideoTokens.Kept(
            grid, List.of(new int[] {0, 1, 2, 3, 4, 5}, new int[] {4}, new int[] {}));
    double[] seconds = {0, 1, 2};

    MropePositions positions = MropePositions.builder(2).text(1).video(kept, seconds).build();
    MropePositions all =
        MropePositions.builder(2).text(1).video(new VideoTokens.All(grid, 3), seconds).build();

    assertThat(positions.tokens()).isEqualTo(1 + 6 + 1);
    int inAll = 1 + 6 + 4;
    assertThat(positions.time()[7]).isEqualTo(all.time()[inAll]);
    assertThat(positions.height()[7]).isEqualTo(all.height()[inAll]);
    assertThat(positions.width()[7]).isEqualTo(all.width()[inAll]);
    assertThat(positions.next()).isEqualTo(all.next());
  }

  @Test
  void keepsFractionsOfASecond() {
    // 2 / 2.01 seconds per pair: truncated to whole seconds first, all pairs would be at 0.
    MropePositions positions =
        MropePositions.builder(2)
            .video(new VideoTokens.All(new TokenGrid(1, 1), 4), 2 / 2.01)
            .build();
    assertThat(positions.time()).containsExactly(0, 1, 3, 5);
  }

  @Test
  void rejectsTimesBeforeTheStart() {
    MropePositions.Builder builder = MropePositions.builder(2);
    assertThatThrownBy(
            () -> builder.video(new VideoTokens.All(new TokenGrid(1, 1), 1), new double[] {-1.5}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
