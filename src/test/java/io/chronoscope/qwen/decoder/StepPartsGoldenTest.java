package io.chronoscope.qwen.decoder;

import static io.chronoscope.qwen.decoder.DecoderGoldenTest.ids;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.GoldenCase;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A decoder whose layers are compiled in several parts answers as a whole one does.
class StepPartsGoldenTest {

  static Iterable<GoldenCase> cases() {
    return StepDecoderTest.cases();
  }

  /// With a part for each layer, and prompts in parts of 16 tokens.
  private static StepDecoder inParts(Checkpoint opened) {
    Session session =
        Session.compileParts(
            "decoder",
            StepGraph.parts(
                opened.text(),
                opened.generation(),
                ModelWeights.asStored(opened.weights()),
                ElementType.FLOAT32,
                opened.text().layers()),
            1);
    return StepDecoderTest.over(
        session,
        opened,
        new StepSettings(4, 16, 64L << 20),
        Drafting.of(3),
        DecodeLane.Runs.ORDINARY);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsTheReferenceDoes(GoldenCase golden) throws IOException {
    try (Checkpoint opened = Checkpoint.open(golden.checkpoint());
        StepDecoder decoder = inParts(opened)) {
      assertThat(opened.text().layers()).isGreaterThan(1);
      Decoded decoded =
          decoder
              .generate(List.of(request(opened, golden, golden.maxNewTokens(), token -> {})))
              .getFirst();
      assertThat(ids(decoded)).isEqualTo(golden.ints("tokenIds"));
    }
  }
}
