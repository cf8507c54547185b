package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Greys whose light is known from ITU-R BT.2408 and BT.2100.
class ToneMappingTest {

  private static int mapped(ToneMapping mapping, double signal) {
    MemorySegment from = MemorySegment.ofArray(new byte[6]);
    short code = (short) Math.round(signal * 65_535);
    for (int i = 0; i < 3; i++) {
      from.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, code);
    }
    MemorySegment to = MemorySegment.ofArray(new byte[3]);
    mapping.map(from, 0, to, 0, 1);
    assertThat(to.get(ValueLayout.JAVA_BYTE, 1)).isEqualTo(to.get(ValueLayout.JAVA_BYTE, 0));
    return to.get(ValueLayout.JAVA_BYTE, 0) & 0xff;
  }

  /// Below the knee, a share of the white of 203 cd/m² keeps its light: 255 times its root of 2.4.
  @ParameterizedTest
  @CsvSource({"0, 0", "0.1499, 28", "0.4403, 142", "0.7518, 255", "1, 255"})
  void pq(double signal, int expected) {
    assertThat(mapped(ToneMapping.PQ, signal)).isBetween(expected - 2, expected + 2);
  }

  /// 75 % is diffuse white, as bright as PQ's 203 cd/m², and 100 % is the brightest.
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 255"})
  void hlg(double signal, int expected) {
    assertThat(mapped(ToneMapping.HLG, signal)).isBetween(expected - 1, expected);
  }

  @ParameterizedTest
  @CsvSource({"0.75, 0.5807", "0.5, 0.4414"})
  void hlgAndPqOfTheSameLightAgree(double hlg, double pq) {
    assertThat(mapped(ToneMapping.HLG, hlg))
        .isCloseTo(mapped(ToneMapping.PQ, pq), org.assertj.core.data.Offset.offset(3));
  }
}
