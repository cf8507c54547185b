package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Picture;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class RepeatedPicturesTest {

  private int scaled;

  private final FrameResizer halving =
      picture -> {
        scaled++;
        Picture half = Picture.allocate(picture.widthPx() / 2, picture.heightPx() / 2);
        half.rgb().fill(picture.rgb().get(ValueLayout.JAVA_BYTE, 0));
        return half;
      };

  private static Picture picture(int widthPx, int brightness) {
    Picture picture = Picture.allocate(widthPx, 8);
    picture.rgb().fill((byte) brightness);
    return picture;
  }

  @Test
  void scalesAPictureThatComesAgainOnce() {
    try (RepeatedPictures resizer = new RepeatedPictures(halving);
        Picture first = picture(8, 1);
        Picture again = picture(8, 1);
        Picture scaledFirst = resizer.resize(first);
        Picture scaledAgain = resizer.resize(again)) {
      assertThat(scaled).isEqualTo(1);
      assertThat(scaledAgain.rgb().mismatch(scaledFirst.rgb())).isEqualTo(-1);
    }
  }

  @Test
  void scalesTwoPicturesInTurnOnceEach() {
    try (RepeatedPictures resizer = new RepeatedPictures(halving)) {
      for (int i = 0; i < 10; i++) {
        try (Picture picture = picture(8, 1 + i % 2);
            Picture result = resizer.resize(picture)) {
          assertThat(result.rgb().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) (1 + i % 2));
        }
      }
      assertThat(scaled).isEqualTo(2);
    }
  }

  @Test
  void scalesAPictureThatDiffersInOneValueOrInSize() {
    try (RepeatedPictures resizer = new RepeatedPictures(halving);
        Picture first = picture(8, 1);
        Picture other = picture(8, 1);
        Picture wider = picture(10, 1)) {
      other.rgb().set(ValueLayout.JAVA_BYTE, other.sizeBytes() - 1, (byte) 2);
      for (Picture picture : new Picture[] {first, other, wider, other}) {
        resizer.resize(picture).close();
      }
      assertThat(scaled).isEqualTo(3);
    }
  }

  @Test
  void outlivesItsPicturesAndHoldsNoneAfterClosing() {
    RepeatedPictures resizer = new RepeatedPictures(halving);
    Picture first = picture(8, 1);
    resizer.resize(first).close();
    first.close();
    assertThat(first.isHeld()).isTrue();
    try (Picture again = picture(8, 1);
        Picture scaledAgain = resizer.resize(again)) {
      assertThat(scaledAgain.widthPx()).isEqualTo(4);
    }
    assertThat(scaled).isEqualTo(1);

    resizer.close();
    assertThat(first.isHeld()).isFalse();
    try (Picture again = picture(8, 1)) {
      resizer.resize(again).close();
    }
    assertThat(scaled).isEqualTo(2);
    resizer.close();
  }

  @Test
  void leavesAPictureOfTheRightSizeAsItIs() {
    try (RepeatedPictures resizer = new RepeatedPictures(picture -> picture);
        Picture first = picture(8, 1);
        Picture again = picture(8, 1)) {
      assertThat(resizer.resize(first)).isSameAs(first);
      try (Picture same = resizer.resize(again)) {
        assertThat(same.rgb()).isEqualTo(first.rgb());
      }
    }
  }
}
