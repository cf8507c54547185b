package io.chronoscope.qwen.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.testing.GoldenArrays;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FrameSelectionGoldenTest {

  @Test
  void takesTheFramesThatTheReferenceTakes() throws IOException {
    JsonNode cases = GoldenArrays.json("preprocess/frame_sampling.json").get("cases");
    assertThat(cases.size()).isGreaterThan(400);
    int listed = 0;
    for (JsonNode golden : cases) {
      if (golden.get("error").asBoolean()) {
        assertThatThrownBy(() -> count(golden))
            .as("%s", golden)
            .isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      int count = count(golden);
      long total = golden.get("totalFrames").asLong();
      assertThat(count).as("%s", golden).isEqualTo(golden.get("nframes").asInt());
      assertThat(FrameSelection.sampleFps(count, total, golden.get("videoFps").asDouble()))
          .isEqualTo(golden.get("sampleFps").asDouble());
      if (golden.has("indices")) {
        listed++;
        assertThat(FrameSelection.indices(0, total - 1, count))
            .as("%s", golden)
            .isEqualTo(GoldenArrays.longs(golden.get("indices")));
      }
    }
    assertThat(listed).isGreaterThan(100);
  }

  @Test
  void takesTheSameFramesOfLongVideosWhereDoublesWouldDiffer() throws IOException {
    JsonNode ranges = GoldenArrays.json("preprocess/frame_sampling.json").get("ranges");
    int unlikeDoubles = 0;
    for (JsonNode range : ranges) {
      unlikeDoubles += range.get("differsFromDouble").asBoolean() ? 1 : 0;
      assertThat(
              FrameSelection.indices(
                  range.get("start").asLong(), range.get("end").asLong(), range.get("n").asInt()))
          .isEqualTo(GoldenArrays.longs(range.get("indices")));
    }
    assertThat(unlikeDoubles).isGreaterThan(10);
  }

  private static int count(JsonNode golden) {
    return FrameSelection.count(
        golden.get("totalFrames").asLong(),
        golden.get("videoFps").asDouble(),
        golden.get("fps").asDouble(),
        golden.get("minFrames").asInt(),
        golden.get("maxFrames").asInt());
  }
}
