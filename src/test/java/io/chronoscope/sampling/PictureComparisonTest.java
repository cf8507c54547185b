package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.Picture;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PictureComparisonTest {

  @Test
  void comparesEveryColorValue() {
    try (Picture one = gray(61, 47, 200);
        Picture other = gray(61, 47, 200)) {
      assertThat(PictureComparison.EXACT.same(one, other)).isTrue();
      long last = 3 * 61 * 47 - 1;
      other.rgb().set(ValueLayout.JAVA_BYTE, last, (byte) 203);
      assertThat(PictureComparison.EXACT.same(one, other)).isFalse();
      assertThat(new PictureComparison(2).same(one, other)).isFalse();
      assertThat(new PictureComparison(3).same(one, other)).isTrue();
    }
  }

  @Test
  void valuesAreUnsigned() {
    try (Picture one = gray(8, 8, 127);
        Picture other = gray(8, 8, 128)) {
      assertThat(new PictureComparison(1).same(one, other)).isTrue();
    }
  }

  @Test
  void picturesOfOtherSizesDiffer() {
    try (Picture one = gray(8, 4, 0);
        Picture other = gray(4, 8, 0)) {
      assertThat(PictureComparison.EXACT.same(one, other)).isFalse();
      assertThat(new PictureComparison(255).same(one, other)).isFalse();
    }
  }

  @Test
  void rejectsDifferencesThatNoValueHas() {
    assertThatThrownBy(() -> new PictureComparison(256)).hasMessageContaining("0 to 255");
    assertThatThrownBy(() -> new PictureComparison(-1)).hasMessageContaining("0 to 255");
  }

  private static Picture gray(int widthPx, int heightPx, int value) {
    Picture picture = Picture.allocate(widthPx, heightPx);
    picture.rgb().fill((byte) value);
    return picture;
  }
}
