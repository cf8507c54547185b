package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.TestMedia;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KnownPicturesTest {

  private static final ClipVariants.Encoding H264 =
      new ClipVariants.Encoding(
          "libopenh264", 10, 0, Map.of("rc_mode", "off", "allow_skip_frames", "0"));

  private final List<Picture> pictures = new ArrayList<>();

  private void decode(byte[] media) throws UnreadableMediaException {
    new FfmpegDecoder()
        .decode(
            ByteBuffer.wrap(media),
            DecodeLimits.DEFAULTS,
            new MediaDecoder.FrameSink() {
              @Override
              public boolean wants(long fromMicros, long untilMicros) {
                return true;
              }

              @Override
              public void frame(long fromMicros, long untilMicros, Picture picture) {
                pictures.add(picture);
              }
            });
  }

  private long different() {
    List<Picture> distinct = new ArrayList<>();
    for (Picture picture : pictures) {
      if (distinct.stream().noneMatch(picture::sharesPixelsWith)) {
        distinct.add(picture);
      }
    }
    return distinct.size();
  }

  @AfterEach
  void close() {
    pictures.forEach(Picture::close);
  }

  @Test
  void framesOfAStillSceneShareTwoPictures() throws Exception {
    byte[] video = TestMedia.h264("mp4", 40).bytes();
    decode(
        new ClipVariants(ByteBuffer.wrap(video))
            .still(new ClipVariants.Container("mp4", ""), H264));

    assertThat(pictures).hasSize(40);
    assertThat(different()).isLessThanOrEqualTo(2);
  }

  @Test
  void framesThatDifferHavePicturesOfTheirOwn() throws Exception {
    decode(TestMedia.h264("mp4", 20).bytes()); // the square moves
    assertThat(different()).isEqualTo(20);
  }

  @Test
  void aPictureThatComesBackIsTheOneItWas() throws Exception {
    decode(
        TestMedia.video()
            .codec("rawvideo")
            .container("matroska")
            .frames(12)
            .times(frame -> frame)
            .lit(tick -> tick % 2 == 0)
            .bytes());

    for (int i = 0; i < pictures.size(); i++) {
      int top = pictures.get(i).rgb().get(ValueLayout.JAVA_BYTE, 0) & 0xff;
      if (i % 2 == 0) {
        assertThat(top).isGreaterThan(200);
      } else {
        assertThat(top).isLessThan(100);
      }
    }
  }

  @Test
  void closingThePicturesFreesThem() throws Exception {
    decode(TestMedia.h264("mp4", 10).bytes());
    List<Picture> closed = List.copyOf(pictures);
    close();
    assertThat(closed).noneMatch(Picture::isHeld);
  }
}
