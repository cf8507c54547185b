package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.cli.console.Output;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.render.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MeasuredRowTest {

  private static final MeasuredRow.Subject SUBJECT =
      new MeasuredRow.Subject("3b", "cuda:1", "bf16");

  static MeasuredRow row(
      RowKind kind, Dimensions dimensions, double items, OptionalDouble reference) {
    return new MeasuredRow(
        kind.label(),
        SUBJECT,
        new Measurement(
            0.5,
            0.75,
            0.25,
            5,
            new MemoryUse(100, OptionalLong.of(2_000), OptionalLong.empty()),
            new Workload.Outcome(new Cost(0.5, 0.25), dimensions, items, List.of()),
            reference),
        kind.unit(),
        OptionalDouble.of(0.375));
  }

  private static JsonNode printed(MeasuredRow row) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    new Output(stream, Terminal.NONE, stream, Terminal.NONE).printJson(row.toJson());
    return new ObjectMapper().readTree(out.toByteArray());
  }

  @Test
  void printsEveryKeyInEveryRow() throws IOException {
    JsonNode prefill =
        printed(
            row(
                RowKind.PREFILL,
                Dimensions.ofPrompts(2588, 1, 8),
                8 * 2588,
                OptionalDouble.of(1.25)));
    JsonNode encoder =
        printed(
            row(
                RowKind.ENCODER,
                Dimensions.ofFrames(new FrameSize(1288, 728), 8),
                16,
                OptionalDouble.empty()));

    assertThat(prefill)
        .hasToString(
            "{\"row\":\"prefill\",\"shape\":\"3b\",\"device\":\"cuda:1\",\"precision\":\"bf16\","
                + "\"batch\":8,\"widthPx\":null,\"heightPx\":null,\"promptTokens\":2588,"
                + "\"newTokens\":1,\"seconds\":0.5,\"perSecond\":41408.0,\"unit\":\"tokens/s\","
                + "\"ceilingShare\":0.375,\"firstSeconds\":0.75,"
                + "\"reference\":{\"seconds\":1.25,\"ratio\":2.5},\"runs\":5,\"cpuSeconds\":0.25,"
                + "\"heapBytes\":100,\"rssBytes\":2000,\"deviceBytes\":null}");
    assertThat(encoder.path("widthPx").asInt()).isEqualTo(1288);
    assertThat(encoder.path("heightPx").asInt()).isEqualTo(728);
    assertThat(encoder.path("promptTokens").isNull()).isTrue();
    assertThat(encoder.path("reference").isNull()).isTrue();
    assertThat(encoder.fieldNames())
        .toIterable()
        .containsExactlyElementsOf(() -> prefill.fieldNames());
  }

  @Test
  void reportsNoThroughputOfNothing() throws IOException {
    JsonNode decode =
        printed(row(RowKind.DECODE, Dimensions.ofPrompts(288, 0, 1), 0, OptionalDouble.empty()));

    assertThat(decode.path("perSecond").isNull()).isTrue();
  }

  @Test
  void fitsOneHundredColumns() {
    MeasuredRow widest =
        row(
            RowKind.ANSWER,
            Dimensions.ofFrames(new FrameSize(1288, 728), 32).withTokens(24_602, 128),
            1,
            OptionalDouble.empty());

    assertThat(EngineTable.heading()).hasSizeLessThanOrEqualTo(100);
    assertThat(EngineTable.line(widest))
        .hasSizeLessThanOrEqualTo(100)
        .startsWith("answer   32 x 1288x728 + 128 ")
        .contains("500 ms", "750 ms", "2.00 answers/s", "37.5%");
  }

  @Test
  void addsAColumnForTheReference() {
    MeasuredRow row =
        row(RowKind.PREFILL, Dimensions.ofPrompts(2588, 1, 8), 8, OptionalDouble.of(1.25));

    assertThat(EngineTable.headingWithReference()).hasSizeLessThanOrEqualTo(100).endsWith("ref.");
    assertThat(EngineTable.line(row))
        .hasSameSizeAs(EngineTable.headingWithReference())
        .endsWith(" 2.50x");
  }

  @Test
  void choosesFittingUnits() {
    assertThat(List.of(0.00123, 0.0123, 0.123, 1.234, 123.4))
        .extracting(EngineTable::time)
        .containsExactly("1.23 ms", "12.3 ms", "123 ms", "1.23 s", "123 s");
    assertThat(List.of(1.234, 12.34, 123.4))
        .extracting(rate -> EngineTable.rate(OptionalDouble.of(rate), "GB/s"))
        .containsExactly("1.23 GB/s", "12.3 GB/s", "123 GB/s");
    assertThat(EngineTable.rate(OptionalDouble.empty(), "GB/s")).isEqualTo("-");
    assertThat(EngineTable.percent(OptionalDouble.empty())).isEqualTo("-");
  }

  @Test
  void describesSizes() {
    assertThat(Dimensions.ofFrames(new FrameSize(448, 224), 8)).hasToString("8 x 448x224");
    assertThat(Dimensions.ofPrompts(288, 16, 4)).hasToString("4 x 288 + 16");
    assertThat(Dimensions.NONE).hasToString("");
  }
}
