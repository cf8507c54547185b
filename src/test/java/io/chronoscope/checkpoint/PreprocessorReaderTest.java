package io.chronoscope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.checkpoint.Preprocessor.ChannelValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessorReaderTest {

  private static final VisionConfig VISION =
      new VisionConfig(32, 2, 2, 48, 48, 14, 2, 2, 112, Set.of(1), 2, 3);

  @TempDir private Path root;

  private Preprocessor read(String json) throws IOException {
    Files.writeString(root.resolve("preprocessor_config.json"), json);
    return PreprocessorReader.read(root, VISION);
  }

  private void assertLimits(Preprocessor read, long image0, long image1, long video0, long video1) {
    assertThat(read.image()).isEqualTo(new PixelLimits(image0, image1));
    assertThat(read.videoFrame()).isEqualTo(new PixelLimits(video0, video1));
  }

  @Test
  void defaultsToThePublishedConstants() throws IOException {
    Preprocessor read = read("{}");
    assertLimits(read, 3136, 12_845_056, 100_352, 602_112);
    assertThat(read.mean()).isEqualTo(new ChannelValues(0.48145466f, 0.4578275f, 0.40821073f));
    assertThat(read.std()).isEqualTo(new ChannelValues(0.26862954f, 0.26130258f, 0.27577711f));
  }

  @Test
  void doesNotApplyThePublishedImageLimitsToVideo() throws IOException {
    assertLimits(
        read("{\"min_pixels\": 3136, \"max_pixels\": 12845056, \"patch_size\": 14}"),
        3136,
        12_845_056,
        100_352,
        602_112);
  }

  @Test
  void readsTheReSavedForm() throws IOException {
    assertLimits(
        read("{\"size\": {\"shortest_edge\": 3136, \"longest_edge\": 12845056}}"),
        3136,
        12_845_056,
        100_352,
        602_112);
    assertLimits(
        read("{\"size\": {\"shortest_edge\": 7056, \"longest_edge\": 9408}}"),
        7056,
        9408,
        7056,
        9408);
  }

  @Test
  void appliesTheCheckpointsOwnLimitsToVideo() throws IOException {
    assertLimits(read("{\"min_pixels\": 7056, \"max_pixels\": 9408}"), 7056, 9408, 7056, 9408);
    assertLimits(read("{\"max_pixels\": 50176}"), 3136, 50_176, 3136, 50_176);
  }

  @Test
  void capsVideoFramesAtThePublishedMaximum() throws IOException {
    assertLimits(
        read("{\"min_pixels\": 200704, \"max_pixels\": 1003520}"),
        200_704,
        1_003_520,
        200_704,
        602_112);
    assertLimits(
        read("{\"min_pixels\": 700000, \"max_pixels\": 1003520}"),
        700_000,
        1_003_520,
        602_112,
        602_112);
  }

  @Test
  void prefersTheLimitsOfTheVideoPreprocessor() throws IOException {
    Files.writeString(
        root.resolve("video_preprocessor_config.json"),
        "{\"size\": {\"shortest_edge\": 25088, \"longest_edge\": 50176}}");
    assertLimits(
        read("{\"min_pixels\": 3136, \"max_pixels\": 12845056}"), 3136, 12_845_056, 25_088, 50_176);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "min_pixels | 0",
        "max_pixels | 3000",
        "max_pixels | \"many\"",
        "patch_size | 16",
        "merge_size | 1",
        "temporal_patch_size | 1",
        "image_mean | [0.5, 0.5]",
        "image_std | [0.5, 0, 0.5]",
        "do_resize | false",
        "rescale_factor | 1.0",
        "size | 448",
      })
  void namesTheInvalidValue(String key, String json) {
    assertThatThrownBy(() -> read("{\"%s\": %s}".formatted(key, json)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("preprocessor_config.json: key " + key);
  }
}
