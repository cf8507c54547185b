package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Shown;
import io.chronoscope.testing.SelectiveFrames;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class DecoderOptionsTest {

  private static final LongPredicate EVERY_HALF_SECOND = from -> from % 500_000 < 40_000;
  private static final DecoderOptions UNFILTERED =
      new DecoderOptions(1, LoopFilter.NONE, Optional.empty());

  private static ByteBuffer sample(String name) throws Exception {
    return ByteBuffer.wrap(Files.readAllBytes(Path.of("video-samples", name + ".mp4")));
  }

  private static List<Shown> selected(DecoderOptions options, ByteBuffer media) throws Exception {
    SelectiveFrames sink = new SelectiveFrames(EVERY_HALF_SECOND);
    var unused = new FfmpegDecoder(options).decode(media, DecodeLimits.DEFAULTS, sink);
    return sink.frames.shown;
  }

  private static double meanDifference(Shown one, Shown other) {
    long sum = 0;
    for (int y = 0; y < one.heightPx(); y++) {
      for (int x = 0; x < one.widthPx(); x++) {
        sum += Math.abs(one.brightness()[y][x] - other.brightness()[y][x]);
      }
    }
    return (double) sum / ((long) one.widthPx() * one.heightPx());
  }

  @Test
  void withoutTheLoopFilterTheSameFramesDifferSlightly() throws Exception {
    ByteBuffer media = sample("corridor"); // H.264
    List<Shown> filtered = selected(DecoderOptions.EXACT, media);
    List<Shown> unfiltered = selected(UNFILTERED, media);

    assertThat(unfiltered.stream().map(Shown::from))
        .containsExactlyElementsOf(filtered.stream().map(Shown::from).toList());
    double sum = 0;
    for (int i = 0; i < filtered.size(); i++) {
      sum += meanDifference(filtered.get(i), unfiltered.get(i));
    }
    assertThat(sum / filtered.size()).isPositive().isLessThan(8);
  }

  @Test
  void selectedFramesWithoutTheLoopFilterAreThoseOfAWholeDecode() throws Exception {
    ByteBuffer media = sample("corridor");
    Frames whole = new Frames(EVERY_HALF_SECOND);
    var unused = new FfmpegDecoder(UNFILTERED).decode(media, DecodeLimits.DEFAULTS, whole);

    List<Shown> selected = selected(UNFILTERED, media);

    assertThat(selected).hasSameSizeAs(whole.shown);
    for (int i = 0; i < selected.size(); i++) {
      assertThat(selected.get(i).from()).isEqualTo(whole.shown.get(i).from());
      assertThat(selected.get(i).brightness()).isDeepEqualTo(whole.shown.get(i).brightness());
    }
  }

  private static boolean hasNvidiaDriver() {
    return Files.exists(Path.of("/dev/nvidiactl")) || Files.exists(Path.of("/dev/dxg"));
  }

  @Test
  void hardwareThatIsAskedForAndMissingIsNamed() {
    assumeFalse(hasNvidiaDriver());
    assertThatThrownBy(() -> HardwareDevice.open(HardwareDecoding.CUDA))
        .isInstanceOf(HardwareUnavailableException.class)
        .hasMessage("NVDEC through CUDA cannot be opened: Cannot load libcuda.so.1");
  }

  @Test
  void aMissingRenderNodeIsNamed() {
    assumeFalse(Files.exists(Path.of("/dev/dri")));
    assertThatThrownBy(() -> HardwareDevice.open(HardwareDecoding.VAAPI))
        .isInstanceOf(HardwareUnavailableException.class)
        .hasMessage("VA-API cannot be opened: there is no render node (/dev/dri/renderD*)");
  }

  @Test
  void theCpuDecodesWhereNoHardwareIs() throws Exception {
    assumeFalse(hasNvidiaDriver() || Files.exists(Path.of("/dev/dri")));
    assertThat(HardwareDevice.open(HardwareDecoding.AUTO)).isEmpty();
    assertThat(HardwareDevice.open(HardwareDecoding.NONE)).isEmpty();
  }
}
