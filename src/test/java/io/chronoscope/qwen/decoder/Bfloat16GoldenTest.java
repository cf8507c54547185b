package io.chronoscope.qwen.decoder;

import static io.chronoscope.qwen.decoder.DecoderGoldenTest.direct;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.encoder.VisionEncoder;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.Embeddings;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The graphs that a GPU computes in BF16 against the reference in BF16. The CPU computes their
/// operators in FP32 and rounds each result ([Session#compileRounding]), which is what a GPU does
/// except inside an operator.
///
/// The golden cases have random weights, which amplify a rounding; the reference itself moves by up
/// to 0.18 (encoder) and 0.51 (logits) between FP32 and BF16 (`training/reference`). So distances
/// are root mean squares, and bounded relative to the reference's own.
class Bfloat16GoldenTest {

  /// Two computations that round independently differ by the square root of two of what rounding
  /// moves one of them; fewer roundings differ by less. Measured: 0.79 to 1.27 (encoder, which
  /// rotates in BF16 where the reference rotates in FP32; 0.73 to 1.25 if it did too), 0.54 to 1.03
  /// (decoder).
  private static final double BOUND = 1.5;

  /// Rounding moves this engine no further from FP32 than the reference. Measured: at most 1.24.
  private static final double BOUND_TO_FP32 = 1.25;

  static Iterable<GoldenCase> cases() {
    return StepDecoderTest.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void encodesAsCloseAsRoundingAllows(GoldenCase golden) throws IOException {
    float[] actual;
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint());
        VisionEncoder encoder =
            VisionEncoder.compileRounding(
                checkpoint.vision(),
                checkpoint.preprocessor(),
                ModelWeights.asStored(checkpoint.weights()),
                1)) {
      actual = encode(encoder, golden);
    }
    assertClose(golden, actual, golden.floats("encoder"), rounded(golden, "encoder"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void decodesAsCloseAsRoundingAllows(GoldenCase golden) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint())) {
      Session session =
          Session.compileRounding(
              "decoder",
              StepGraph.build(
                  checkpoint.text(),
                  checkpoint.generation(),
                  ModelWeights.asStored(checkpoint.weights()),
                  ElementType.BFLOAT16),
              1);
      try (StepDecoder decoder =
          StepDecoder.of(
              session,
              checkpoint.text(),
              checkpoint.generation(),
              ElementType.BFLOAT16,
              new StepSettings(4, 4096, 0),
              Drafting.of(0),
              DecodeLane.Runs.ORDINARY)) {
        DecodeRequest inFp32 = request(checkpoint, golden, 1, token -> {});
        DecodeRequest request =
            new DecodeRequest(
                inFp32.prompt(), List.of(direct(rounded(golden, "encoder"))), 1, token -> {});
        float[] actual = decoder.generate(List.of(request)).getFirst().firstLogits();
        assertClose(golden, actual, golden.floats("logits"), rounded(golden, "logits"));
      }
    }
  }

  private static void assertClose(
      GoldenCase golden, float[] actual, float[] inFp32, float[] inBf16) {
    double distance = distance(actual, inBf16);
    double ofReference = distance(inFp32, inBf16);
    assertThat(distance)
        .as("%s; the reference moves by %f", golden, ofReference)
        .isLessThan(BOUND * ofReference);
    assertThat(distance(actual, inFp32))
        .as("%s, to FP32; the reference moves by %f", golden, ofReference)
        .isBetween(0.1 * ofReference, BOUND_TO_FP32 * ofReference);
  }

  private static double distance(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += Math.pow((double) a[i] - b[i], 2);
    }
    return Math.sqrt(squares / a.length);
  }

  private static float[] rounded(GoldenCase golden, String what) throws IOException {
    Path file = golden.checkpoint().resolveSibling(what + ".bf16.f32");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static float[] encode(VisionEncoder encoder, GoldenCase golden) {
    List<EncodedPair> encoded = new ArrayList<>();
    for (JsonNode content : golden.get("content")) {
      if (!content.get("type").asText().equals("text")) {
        encoded.addAll(encode(encoder, golden, content));
      }
    }
    return Embeddings.of(encoded);
  }

  private static List<EncodedPair> encode(
      VisionEncoder encoder, GoldenCase golden, JsonNode content) {
    FrameSize size =
        new FrameSize(content.get("resizedWidth").asInt(), content.get("resizedHeight").asInt());
    List<Picture> frames = golden.frames(content);
    List<Picture> scaled = frames.stream().map(frame -> BicubicResize.resize(frame, size)).toList();
    List<FramePair> pairs = new ArrayList<>();
    for (int i = 0; i < scaled.size(); i += 2) {
      pairs.add(new FramePair(scaled.get(i), scaled.get(Math.min(i + 1, scaled.size() - 1))));
    }
    List<EncodedPair> encoded = encoder.encode(pairs);
    frames.forEach(Picture::close);
    scaled.forEach(Picture::close);
    return encoded;
  }
}
