package io.chronoscope.qwen.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.cli.bench.checkpoint.ModelShape;
import io.chronoscope.cli.bench.checkpoint.RandomCheckpoint;
import io.chronoscope.domain.Picture;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The graph for a GPU, computed by the CPU.
class VisionEncoderTest {

  /// Windows of one size (112 px are a window), and of four sizes.
  private static final List<int[]> SIZES = List.of(new int[] {112, 112}, new int[] {196, 140});

  @TempDir private static Path root;

  @Test
  void pairsOfABatchAreEncodedAsEachAlone() throws IOException {
    Path directory = root.resolve("tiny");
    new RandomCheckpoint(ModelShape.TINY, 5, Path.of("models/demo")).write(directory, bytes -> {});
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        ModelWeights weights = ModelWeights.asStored(checkpoint.weights());
        VisionEncoder encoder =
            VisionEncoder.compileRounding(
                checkpoint.vision(), checkpoint.preprocessor(), weights, 1)) {
      for (int[] size : SIZES) {
        List<FramePair> pairs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          pairs.add(new FramePair(noise(2 * i, size), noise(2 * i + 1, size)));
        }
        List<EncodedPair> together = encoder.encode(pairs);
        assertThat(together).hasSameSizeAs(pairs);
        for (int i = 0; i < pairs.size(); i++) {
          EncodedPair alone = encoder.encode(pairs.subList(i, i + 1)).getFirst();
          assertThat(together.get(i).embeddings()).isEqualTo(alone.embeddings());
        }
        assertThat(together.get(0).embeddings()).isNotEqualTo(together.get(1).embeddings());
        int patches = size[0] / 14 * (size[1] / 14);
        for (int pairsOfRun : List.of(1, 2, 4)) {
          assertThat(encoder.encode(pairs, patches * (pairsOfRun + 1L) - 1))
              .extracting(EncodedPair::embeddings)
              .containsExactlyElementsOf(together.stream().map(EncodedPair::embeddings).toList());
        }
        pairs.forEach(pair -> {
          pair.first().close();
          pair.second().close();
        });
      }
    }
  }

  /// The graph for the CPU.
  ///
  /// @param threads that share one operator; 0 means one for each processor
  static VisionEncoder onTheCpu(Checkpoint checkpoint, ModelWeights weights, int threads) {
    return VisionEncoder.compile(
        checkpoint.vision(),
        checkpoint.preprocessor(),
        weights,
        ElementType.FLOAT32,
        Device.CPU,
        threads);
  }

  private static Picture noise(long seed, int[] size) {
    Picture picture = Picture.allocate(size[0], size[1]);
    Random random = new Random(seed);
    for (long i = 0; i < picture.rgb().byteSize(); i++) {
      picture.rgb().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(256));
    }
    return picture;
  }
}
