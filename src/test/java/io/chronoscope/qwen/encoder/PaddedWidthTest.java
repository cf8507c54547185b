package io.chronoscope.qwen.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.cli.bench.checkpoint.ModelShape;
import io.chronoscope.cli.bench.checkpoint.RandomCheckpoint;
import io.chronoscope.domain.Picture;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.qwen.weights.GraphWeights;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.Cosine;
import io.chronoscope.testing.Embeddings;
import io.chronoscope.vlm.FramePair;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An encoder whose inner width is no multiple of eight, as the published ones: 420 here, 3420
/// there.
class PaddedWidthTest {

  private static final String GATE = "visual.blocks.0.mlp.gate_proj.weight";

  @TempDir private static Path root;
  private static Path directory;

  @BeforeAll
  static void writeCheckpoint() throws IOException {
    directory = root.resolve("tiny");
    new RandomCheckpoint(ModelShape.TINY, 5, Path.of("models/demo")).write(directory, bytes -> {});
  }

  @Test
  void zerosChangeNothing() {
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        ModelWeights weights = ModelWeights.asStored(checkpoint.weights());
        VisionEncoder exact = VisionEncoderTest.onTheCpu(checkpoint, weights, 1);
        VisionEncoder padded =
            VisionEncoder.compileRounding(
                checkpoint.vision(), checkpoint.preprocessor(), weights, 1)) {
      FramePair pair = new FramePair(picture(1), picture(2));
      // The error of BF16 alone; a wrong width would leave nothing alike.
      assertThat(Cosine.of(encode(exact, pair), encode(padded, pair))).isGreaterThan(0.9995);
    }
  }

  @Test
  void onlyWhatAGpuComputesIsPadded() {
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        ModelWeights weights = ModelWeights.asStored(checkpoint.weights())) {
      assertThat(padding(weights, ElementType.BFLOAT16)).isEqualTo(4);
      assertThat(padding(weights, ElementType.FLOAT32)).isZero();
    }
  }

  private static long padding(ModelWeights weights, ElementType compute) {
    return new GraphWeights(new Ops(Graph.named("test")), weights, compute).padding(GATE);
  }

  private static Picture picture(long seed) {
    Picture picture = Picture.allocate(112, 84);
    Random random = new Random(seed);
    for (long i = 0; i < picture.rgb().byteSize(); i++) {
      picture.rgb().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(256));
    }
    return picture;
  }

  private static float[] encode(VisionEncoder encoder, FramePair pair) {
    return Embeddings.of(encoder.encode(List.of(pair)));
  }
}
