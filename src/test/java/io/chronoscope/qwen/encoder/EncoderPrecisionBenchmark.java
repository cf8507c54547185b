package io.chronoscope.qwen.encoder;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.EngineSettings;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.qwen.weights.DerivedWeightsCache;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.Cosine;
import io.chronoscope.testing.Embeddings;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How close the encoder's rows in INT8 are to those in FP32, on frames of sample videos. Not part
/// of the test suite:
///
///     ./mvnw -Dquick test-compile surefire:test -Dtest=EncoderPrecisionBenchmark -Dbenchmark.model=DIR
class EncoderPrecisionBenchmark {

  private static final FrameSize SIZE = new FrameSize(224, 224);
  private static final List<String> SAMPLES =
      List.of("corridor", "crossing", "dock", "empty", "gate", "long", "portrait", "yard");
  private static final long PAIR_SECONDS = 9;

  @Test
  void cosineOfRows() throws Exception {
    Path directory = Path.of(System.getProperty("benchmark.model", "models/demo"));
    List<FramePair> pairs = new ArrayList<>();
    for (String sample : SAMPLES) {
      pairs.add(pair(sample));
    }
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      List<EncodedPair> expected = encode(checkpoint, fp32(checkpoint), pairs);
      List<EncodedPair> actual = encode(checkpoint, int8(checkpoint), pairs);
      print(
          "pairs",
          i ->
              DoubleStream.of(
                  Cosine.of(Embeddings.of(expected.get(i)), Embeddings.of(actual.get(i)))));
      print("rows", i -> cosinesOfRows(expected.get(i), actual.get(i)));
    }
  }

  private static void print(String what, IntFunction<DoubleStream> cosinesOfPair) {
    DoubleSummaryStatistics cosines =
        IntStream.range(0, SAMPLES.size())
            .boxed()
            .flatMapToDouble(cosinesOfPair::apply)
            .summaryStatistics();
    System.out.printf(
        "cosine of %d %s: mean %.5f, lowest %.5f%n",
        cosines.getCount(), what, cosines.getAverage(), cosines.getMin());
  }

  private static ModelWeights fp32(Checkpoint checkpoint) {
    return ModelWeights.asStored(checkpoint.weights());
  }

  private static ModelWeights int8(Checkpoint checkpoint) {
    return ModelWeights.int8(
        new DerivedWeightsCache(EngineSettings.defaultCacheDirectory()),
        checkpoint.ref(),
        checkpoint.weights());
  }

  private static DoubleStream cosinesOfRows(EncodedPair a, EncodedPair b) {
    float[] x = Embeddings.of(a);
    float[] y = Embeddings.of(b);
    int rows = a.rows() * a.columns();
    int width = x.length / rows;
    return IntStream.range(0, rows)
        .mapToDouble(row -> Cosine.of(row(x, row, width), row(y, row, width)));
  }

  private static float[] row(float[] rows, int row, int width) {
    return Arrays.copyOfRange(rows, row * width, (row + 1) * width);
  }

  /// Closes the weights.
  private static List<EncodedPair> encode(
      Checkpoint checkpoint, ModelWeights weights, List<FramePair> pairs) {
    try (weights;
        VisionEncoder encoder = VisionEncoderTest.onTheCpu(checkpoint, weights, 0)) {
      return pairs.stream().map(pair -> encoder.encode(List.of(pair)).getFirst()).toList();
    }
  }

  private static FramePair pair(String sample) throws Exception {
    List<Picture> pictures = new ArrayList<>();
    FrameSink sink =
        new FrameSink() {
          @Override
          public boolean wants(long from, long until) {
            return pictures.size() < 2 && from >= (PAIR_SECONDS + pictures.size()) * 1_000_000;
          }

          @Override
          public void frame(long from, long until, Picture picture) {
            try (picture) {
              pictures.add(BicubicResize.resize(picture, SIZE));
            }
          }
        };
    new FfmpegDecoder()
        .decode(
            ByteBuffer.wrap(Files.readAllBytes(Path.of("video-samples", sample + ".mp4"))),
            DecodeLimits.DEFAULTS,
            sink);
    return new FramePair(pictures.get(0), pictures.get(1));
  }
}
