package io.chronoscope.qwen.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.testing.GoldenArrays;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BicubicResizeGoldenTest {

  private static final int[] INTERLEAVED_TO_PLANE = {0, 1, 2};

  static List<JsonNode> cases() throws IOException {
    List<JsonNode> cases = new ArrayList<>();
    GoldenArrays.json("preprocess/resize.json").get("cases").forEach(cases::add);
    return cases;
  }

  @Test
  void readsAllCases() throws IOException {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(8);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTheReferenceBeforeRounding(JsonNode golden) throws IOException {
    FrameSize size = size(golden.get("float"));
    float[] expected = GoldenArrays.floats(file(golden.get("float")));
    float[] actual = new float[expected.length];
    int area = size.heightPx() * size.widthPx();
    try (Picture source = source(golden)) {
      BicubicResize.scale(
          source,
          size,
          (y, row) -> {
            for (int x = 0; x < size.widthPx(); x++) {
              for (int plane : INTERLEAVED_TO_PLANE) {
                actual[plane * area + y * size.widthPx() + x] = row[3 * x + plane];
              }
            }
          });
    }
    float worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(worst).isLessThan(2e-4f);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTheReferenceInEveryPixel(JsonNode golden) throws IOException {
    FrameSize size = size(golden.get("output"));
    byte[] expected = GoldenArrays.bytes(file(golden.get("output")));
    try (Picture source = source(golden);
        Picture want = GoldenArrays.picture(expected, size.heightPx(), size.widthPx());
        Picture got = BicubicResize.resize(source, size)) {
      assertThat(got.rgb().toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(want.rgb().toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private static Picture source(JsonNode golden) throws IOException {
    FrameSize size = size(golden.get("input"));
    return GoldenArrays.picture(
        GoldenArrays.bytes(file(golden.get("input"))), size.heightPx(), size.widthPx());
  }

  private static FrameSize size(JsonNode file) {
    return new FrameSize(file.get("shape").get(2).asInt(), file.get("shape").get(1).asInt());
  }

  private static String file(JsonNode file) {
    return "preprocess/" + file.get("file").asText();
  }
}
