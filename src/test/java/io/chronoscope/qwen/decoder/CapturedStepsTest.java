package io.chronoscope.qwen.decoder;

import static io.chronoscope.qwen.decoder.DecoderGoldenTest.assemble;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.ids;
import static io.chronoscope.qwen.decoder.DecoderGoldenTest.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.GoldenCase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Decoding as CUDA graphs need it, on the CPU: all rows of a lane at fixed addresses, inputs
/// copied to the "device", the capacity as the total length, and lanes that are used again.
class CapturedStepsTest {

  static Iterable<GoldenCase> cases() {
    return StepDecoderTest.cases();
  }

  private static StepDecoder decoder(Checkpoint opened, DecodeLane.Runs runs) {
    Session session =
        Session.compileForCapture(
            "decoder",
            StepGraph.build(
                opened.text(),
                opened.generation(),
                ModelWeights.asStored(opened.weights()),
                ElementType.FLOAT32),
            Device.CPU,
            1);
    return StepDecoderTest.over(session, opened, new StepSettings(4, 64, 0), Drafting.of(0), runs);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsTheReferenceDoes(GoldenCase golden) throws IOException {
    try (Checkpoint opened = Checkpoint.open(golden.checkpoint());
        StepDecoder decoder = decoder(opened, DecodeLane.Runs.CAPTURED)) {
      // The second answer uses the lane of the first.
      for (int time = 0; time < 2; time++) {
        Decoded decoded =
            decoder
                .generate(List.of(request(opened, golden, golden.maxNewTokens(), token -> {})))
                .getFirst();
        assertThat(ids(decoded)).isEqualTo(golden.ints("tokenIds"));
      }
    }
  }

  @Test
  void idleRowsAndRowsUsedBeforeChangeNoAnswer() throws IOException {
    long before = NativeTensor.live();
    GoldenCase golden = GoldenCase.named("penalty-eos");
    try (Checkpoint opened = Checkpoint.open(golden.checkpoint());
        StepDecoder captured = decoder(opened, DecodeLane.Runs.CAPTURED);
        StepDecoder ordinary = decoder(opened, DecodeLane.Runs.ORDINARY)) {
      List<DecodeRequest> requests = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        ChatPrompt prompt =
            assemble(opened, List.of(new ChatPrompt.Segment.Text("why ".repeat(3 + 40 * (i % 4)))));
        requests.add(new DecodeRequest(prompt, List.of(), 5 + 60 * (i % 3), token -> {}));
      }
      for (int time = 0; time < 2; time++) {
        List<Decoded> actual = captured.generate(requests);
        List<Decoded> expected = ordinary.generate(requests);
        for (int i = 0; i < requests.size(); i++) {
          assertThat(ids(actual.get(i))).as("answer %d", i).isEqualTo(ids(expected.get(i)));
          assertThat(actual.get(i).firstLogits()[0])
              .isCloseTo(expected.get(i).firstLogits()[0], within(1e-4f));
        }
      }
    }
    assertThat(NativeTensor.live()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 4", "4, 4", "5, 8", "32, 32"})
  void rowsAreRoundedToFewSizes(int rows, int rounded) {
    assertThat(LanePool.roundedRows(rows)).isEqualTo(rounded);
  }

  @ParameterizedTest
  @CsvSource({"1, 256", "256, 256", "257, 384", "385, 512", "2816, 3072", "3073, 4096"})
  void capacitiesAreRoundedToFewSizes(int tokens, int rounded) {
    assertThat(LanePool.roundedCapacity(tokens)).isEqualTo(rounded);
  }
}
