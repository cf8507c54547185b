package io.chronoscope.qwen.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.FrameSize;
import org.junit.jupiter.api.Test;

class TokenGridTest {

  @Test
  void countsTokensOfAFrame() {
    TokenGrid grid = TokenGrid.of(new FrameSize(448, 252), 28);
    assertThat(grid).isEqualTo(new TokenGrid(9, 16));
    assertThat(grid.tokens()).isEqualTo(144);
  }

  @Test
  void rejectsSizesThatAreNotMultiples() {
    assertThatThrownBy(() -> TokenGrid.of(new FrameSize(450, 252), 28))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("450x252");
  }
}
