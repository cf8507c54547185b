package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.junit.jupiter.api.Test;

/// Ticks of a millisecond, frames of 40 ms.
class PacketTimesTest {

  private static final long NONE = PacketTimes.NONE;

  private static PacketTimes times(long... presentation) {
    return times(presentation, new long[presentation.length]);
  }

  private static PacketTimes times(long[] presentation, long[] decode) {
    PacketTimes times = new PacketTimes(new AVRational().num(1).den(1000));
    boolean stated = Arrays.stream(decode).anyMatch(time -> time != 0);
    for (int i = 0; i < presentation.length; i++) {
      times.add(presentation[i], stated ? decode[i] : NONE, i % 5 == 0, false);
    }
    return times;
  }

  private static long[] all(PacketTimes times) {
    return IntStream.range(0, times.size()).mapToLong(times::presentation).toArray();
  }

  private static long[] every40(long from, int count) {
    return LongStream.range(0, count).map(i -> from + 40 * i).toArray();
  }

  private static long[] joined(long[]... parts) {
    return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
  }

  @Test
  void clockThatIsSetBackContinues() {
    PacketTimes times = times(joined(every40(90_000, 30), every40(500, 30), every40(0, 30)));

    times.repair(false);

    assertThat(all(times)).isEqualTo(every40(90_000, 90));
  }

  /// I0 P3 B1 B2 P6 B4 B5 …
  @Test
  void clockThatIsSetBackAmongReorderedFramesContinues() {
    long[] before = {9_000, 9_120, 9_040, 9_080, 9_240, 9_160, 9_200};
    long[] after = {0, 120, 40, 80, 240, 160, 200};
    PacketTimes times = times(joined(before, after));

    times.repair(true);

    assertThat(Arrays.stream(all(times)).sorted().toArray()).isEqualTo(every40(9_000, 14));
    assertThat(all(times)).endsWith(9_280, 9_400, 9_320, 9_360, 9_520, 9_440, 9_480);
  }

  @Test
  void smallStepBackIsNoNewClock() {
    long[] overlapping = joined(every40(0, 30), every40(800, 30));
    PacketTimes times = times(overlapping);

    times.repair(false);

    assertThat(all(times)).isEqualTo(overlapping);
  }

  @Test
  void wrongTimeOfOnePacketIsNotBelieved() {
    for (long wrong : new long[] {0, 9_999_999}) {
      long[] stated = every40(100_000, 30);
      stated[12] = wrong;
      PacketTimes times = times(stated);

      times.repair(false);

      assertThat(all(times)).isEqualTo(every40(100_000, 30));
    }
  }

  @Test
  void missingTimesLieBetweenTheirNeighbors() {
    long[] stated = every40(0, 30);
    for (int i = 0; i < 30; i++) {
      stated[i] = i % 5 == 0 ? stated[i] : NONE;
    }
    PacketTimes times = times(stated);

    times.repair(false);

    assertThat(times.isComplete()).isTrue();
    assertThat(all(times)).isEqualTo(every40(0, 30));
  }

  @Test
  void decodingTimesStandInWhereNothingIsReordered() {
    long[] none = new long[10];
    Arrays.fill(none, NONE);
    PacketTimes times = times(none, every40(40, 10));

    times.repair(false);

    assertThat(all(times)).isEqualTo(every40(40, 10));
  }

  @Test
  void tooManyPacketsWithoutATimeStayWithout() {
    long[] stated = new long[PacketTimes.MAX_UNTIMED + 3];
    Arrays.fill(stated, NONE);
    stated[0] = 0;
    stated[stated.length - 1] = 10_000;
    PacketTimes times = times(stated);

    times.repair(false);

    assertThat(times.isComplete()).isFalse();
  }

  @Test
  void decodingTimesAscendAndAreNeverAfterPresentation() {
    long[] presentation = {0, 120, 40, 80, 240, 160, 160, 200};

    long[] decode = PacketTimes.decodeTimes(presentation);

    for (int i = 0; i < decode.length; i++) {
      assertThat(decode[i]).isLessThanOrEqualTo(presentation[i]);
      assertThat(i == 0 || decode[i] > decode[i - 1]).isTrue();
    }
  }
}
