package io.chronoscope.qwen.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.checkpoint.PixelLimits;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.testing.GoldenArrays;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SmartResizeGoldenTest {

  @Test
  void fitsEverySizeAsTheReference() throws IOException {
    JsonNode cases = GoldenArrays.json("preprocess/smart_resize.json").get("cases");
    assertThat(cases.size()).isGreaterThan(200);
    for (JsonNode golden : cases) {
      if (golden.get("error").asBoolean()) {
        assertThatThrownBy(() -> fit(golden)).as("%s", golden).hasMessageContaining("aspect ratio");
      } else {
        assertThat(fit(golden))
            .as("%s", golden)
            .isEqualTo(
                new FrameSize(
                    golden.get("resizedWidth").asInt(), golden.get("resizedHeight").asInt()));
      }
    }
  }

  private static FrameSize fit(JsonNode golden) {
    return SmartResize.fit(
        golden.get("height").asInt(),
        golden.get("width").asInt(),
        28,
        golden.get("minPixels").asDouble(),
        golden.get("maxPixels").asDouble());
  }

  @Test
  void capsTheFramesOfAVideoAsTheReference() throws IOException {
    JsonNode cases = GoldenArrays.json("preprocess/smart_resize.json").get("pixelCaps");
    assertThat(cases.size()).isGreaterThan(50);
    for (JsonNode golden : cases) {
      JsonNode caller = golden.get("callerMaxPixels");
      PixelLimits limits =
          new PixelLimits(
              golden.get("minPixels").asLong(), caller.isNull() ? Long.MAX_VALUE : caller.asLong());
      assertThat(VideoPixels.maxPixelsPerFrame(golden.get("frames").asInt(), limits))
          .as("%s", golden)
          .isEqualTo(golden.get("maxPixels").asDouble());
    }
  }
}
