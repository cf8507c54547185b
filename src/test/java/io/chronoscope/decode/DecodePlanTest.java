package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.decode.bitstream.PacketKind;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecodePlanTest {

  // I0 P3 b1 b2 | I6 b4 b5 P9 b7 b8, in decoding order: b4 and b5 lead the second group.
  private static final List<PacketKind> KINDS =
      "IPbbIbbPbb"
          .chars()
          .mapToObj(kind ->
              switch (kind) {
                case 'I' -> PacketKind.RANDOM_ACCESS;
                case 'P' -> PacketKind.REFERENCE;
                default -> PacketKind.DISPOSABLE;
              })
          .toList();
  private static final List<Long> TIMES = List.of(0L, 3L, 1L, 2L, 6L, 4L, 5L, 9L, 7L, 8L);

  @Test
  void aKeyFrameNeedsItselfOnly() {
    assertThat(times(6)).containsExactly(6L);
  }

  @Test
  void disposableFramesAreSkipped() {
    assertThat(times(2)).containsExactly(0L, 3L, 2L);
    assertThat(times(8)).containsExactly(6L, 9L, 8L);
  }

  @Test
  void aFrameThatLeadsItsGroupNeedsTheGroupBefore() {
    assertThat(times(5)).containsExactly(0L, 3L, 6L, 5L);
  }

  @Test
  void referencesAmongLeadingFramesAreNotNeededByWhatFollowsTheKeyFrame() {
    List<PacketKind> kinds = KINDS.stream().map(DecodePlanTest::referred).toList();
    assertThat(times(kinds, 9)).containsExactly(6L, 9L);
    assertThat(times(kinds, 5)).containsExactly(0L, 3L, 1L, 2L, 6L, 4L, 5L);
  }

  @Test
  void withoutARandomAccessPointEverythingBeforeIsNeeded() {
    List<PacketKind> kinds = KINDS.stream().map(kind -> PacketKind.REFERENCE).toList();
    assertThat(times(kinds, 6)).containsExactly(0L, 3L, 1L, 2L, 6L);
  }

  @Test
  void decodingStartsAnewWhereNothingBeforeIsNeeded() {
    BitSet apart = new BitSet();
    apart.set(TIMES.indexOf(1L));
    apart.set(TIMES.indexOf(9L));
    assertThat(DecodePlan.of(KINDS, TIMES, apart).starts().stream()).containsExactly(0, 4);
    apart.set(TIMES.indexOf(5L));
    assertThat(DecodePlan.of(KINDS, TIMES, apart).starts().stream()).containsExactly(0);
  }

  private static PacketKind referred(PacketKind kind) {
    return kind == PacketKind.DISPOSABLE ? PacketKind.REFERENCE : kind;
  }

  private static List<Long> times(long wanted) {
    return times(KINDS, wanted);
  }

  private static List<Long> times(List<PacketKind> kinds, long wanted) {
    BitSet packets = new BitSet();
    packets.set(TIMES.indexOf(wanted));
    return DecodePlan.of(kinds, TIMES, packets).packets().stream().mapToObj(TIMES::get).toList();
  }
}
