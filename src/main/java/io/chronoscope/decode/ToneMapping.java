package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.ffmpeg.global.avutil;

/// Maps pictures of high dynamic range to the range and colors of ordinary ones, as a player does
/// on an ordinary screen:
///
/// 1. Signal to light: SMPTE ST 2084 (PQ), or hybrid log-gamma with its OOTF for a screen of 1,000
///    cd/m² (ITU-R BT.2100 tables 4 and 5).
/// 2. Diffuse white, 203 cd/m² (ITU-R BT.2408), becomes the white of the target. What is brighter
///    than about half of it is compressed by the curve of ITU-R BT.2390 §5.4.1, the same factor for
///    the three colors, so that hues stay.
/// 3. BT.2020 primaries to those of BT.709 (ITU-R BT.2087); what is outside is clipped.
/// 4. Light to signal: gamma 2.4 (ITU-R BT.1886).
///
/// Immutable.
final class ToneMapping {

  private static final double WHITE_NITS = 203;
  private static final double PEAK_NITS = 1_000;
  private static final double PQ_NITS = 10_000;
  private static final int STEPS = 4096;
  private static final float MOST = (float) (PQ_NITS / WHITE_NITS);
  private static final double GAMMA = 2.4;
  private static final double HLG_GAMMA = 1.2;

  // Luminance of BT.2020, and BT.2020 to BT.709.
  private static final float[] LUMA = {0.2627f, 0.6780f, 0.0593f};
  private static final float[] TO_709 = {
    1.6605f, -0.5876f, -0.0728f, -0.1246f, 1.1329f, -0.0083f, -0.0182f, -0.1006f, 1.1187f
  };
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  // After the numbers that they are made of.
  static final ToneMapping PQ = new ToneMapping(ToneMapping::pqToLight, Light.DISPLAYED);
  static final ToneMapping HLG = new ToneMapping(ToneMapping::hlgToScene, Light.OF_SCENE);

  /// Light of a signal, by its upper 12 bits; 1 is white.
  private final float[] light = new float[STEPS];

  /// Factor of the OOTF by the square root of the luminance; empty without one.
  private final float[] system;

  /// Factor that compresses bright light, by the square root of its share of [#MOST].
  private final float[] compression = new float[STEPS];

  /// Signal by the square root of the light.
  private final byte[] signal = new byte[STEPS];

  private ToneMapping(DoubleUnaryOperator toLight, Light meaning) {
    system = new float[meaning == Light.OF_SCENE ? STEPS : 0];
    for (int i = 0; i < STEPS; i++) {
      double share = (double) i / (STEPS - 1);
      light[i] = (float) toLight.applyAsDouble(share);
      signal[i] = (byte) Math.round(255 * Math.pow(share * share, 1 / GAMMA));
      double bright = share * share * MOST;
      compression[i] = i == 0 ? 1 : (float) (compressed(bright) / bright);
      if (meaning == Light.OF_SCENE) {
        system[i] = (float) (PEAK_NITS / WHITE_NITS * Math.pow(share * share, HLG_GAMMA - 1));
      }
    }
  }

  /// What the light of a signal is: what a screen shows, or what a camera saw.
  private enum Light {
    DISPLAYED,
    OF_SCENE
  }

  /// The mapping of frames with one of FFmpeg's `AVColorTransferCharacteristic`; empty for those of
  /// ordinary range.
  static Optional<ToneMapping> of(int transfer) {
    return switch (transfer) {
      case avutil.AVCOL_TRC_SMPTE2084 -> Optional.of(PQ);
      case avutil.AVCOL_TRC_ARIB_STD_B67 -> Optional.of(HLG);
      default -> Optional.empty();
    };
  }

  private static double lightToPq(double light) {
    double power = Math.pow(light * WHITE_NITS / PQ_NITS, 0.1593017578125);
    return Math.pow((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375);
  }

  private static double hlgToScene(double value) {
    double a = 0.17883277;
    double b = 1 - 4 * a;
    double c = 0.5 - a * Math.log(4 * a);
    return value <= 0.5 ? value * value / 3 : (Math.exp((value - c) / a) + b) / 12;
  }

  /// Light on a screen whose brightest is 1, of light up to [#PEAK_NITS].
  private static double compressed(double bright) {
    double peak = lightToPq(PEAK_NITS / WHITE_NITS);
    double most = lightToPq(1) / peak;
    double value = Math.min(1, lightToPq(bright) / peak);
    double knee = 1.5 * most - 0.5;
    if (value < knee) {
      return bright;
    }
    double t = (value - knee) / (1 - knee);
    double t2 = t * t;
    double t3 = t2 * t;
    double mapped =
        (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (-2 * t3 + 3 * t2) * most;
    return pqToLight(mapped * peak);
  }

  private static double pqToLight(double value) {
    double power = Math.pow(value, 1 / 78.84375);
    return PQ_NITS
        / WHITE_NITS
        * Math.pow(
            Math.max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power), 1 / 0.1593017578125);
  }

  /// Maps a row of pixels.
  ///
  /// @param from `[width][3]` 16 bits each, little-endian, from offset `at`
  /// @param to `[width][3]` bytes from offset `target`
  void map(MemorySegment from, long at, MemorySegment to, long target, int widthPx) {
    for (int x = 0; x < widthPx; x++) {
      long pixel = at + 6L * x;
      float red = light[code(from, pixel)];
      float green = light[code(from, pixel + 2)];
      float blue = light[code(from, pixel + 4)];
      if (system.length > 0) {
        float luminance = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue;
        float factor = system[step(luminance)];
        red *= factor;
        green *= factor;
        blue *= factor;
      }
      float factor = compression[step(Math.max(red, Math.max(green, blue)) / MOST)];
      red *= factor;
      green *= factor;
      blue *= factor;
      long byteAt = target + 3L * x;
      for (int i = 0; i < 3; i++) {
        float value = TO_709[3 * i] * red + TO_709[3 * i + 1] * green + TO_709[3 * i + 2] * blue;
        to.set(ValueLayout.JAVA_BYTE, byteAt + i, signal[step(value)]);
      }
    }
  }

  private static int code(MemorySegment from, long at) {
    return (from.get(U16, at) & 0xffff) >> 4;
  }

  private static int step(float share) {
    return share <= 0
        ? 0
        : (int) Math.min(STEPS - 1, (float) Math.sqrt(share) * (STEPS - 1) + 0.5f);
  }
}
