package io.chronoscope.qwen.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.checkpoint.PixelLimits;
import io.chronoscope.checkpoint.Preprocessor;
import io.chronoscope.checkpoint.Preprocessor.ChannelValues;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.domain.Picture;
import io.chronoscope.testing.GoldenArrays;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatchLayoutGoldenTest {

  private static final VisionConfig VISION =
      new VisionConfig(32, 2, 2, 48, 48, 14, 2, 2, 112, Set.of(1), 2, 3);

  @Test
  void laysOutPixelsAsTheReference() throws IOException {
    JsonNode golden = GoldenArrays.json("preprocess/pixel-values/pixel_values.json");
    List<Picture> frames = new ArrayList<>();
    for (JsonNode file : golden.get("frames")) {
      frames.add(GoldenArrays.png("preprocess/pixel-values/" + file.asText()));
    }
    Preprocessor preprocessor =
        new Preprocessor(
            PixelLimits.OFFICIAL_IMAGE,
            PixelLimits.OFFICIAL_VIDEO_FRAME,
            channels(golden.get("imageMean")),
            channels(golden.get("imageStd")));
    float[] expected = GoldenArrays.floats("preprocess/pixel-values/pixel_values.f32");
    float[] actual = PatchLayout.pixelValues(frames, VISION, preprocessor);
    frames.forEach(Picture::close);
    assertThat(frames).as("an odd number").hasSize(3);
    assertThat(actual).isEqualTo(expected);
  }

  private static ChannelValues channels(JsonNode values) {
    return new ChannelValues(
        (float) values.get(0).asDouble(),
        (float) values.get(1).asDouble(),
        (float) values.get(2).asDouble());
  }
}
