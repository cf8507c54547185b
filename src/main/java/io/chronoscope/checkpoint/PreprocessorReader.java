package io.chronoscope.checkpoint;

import io.chronoscope.checkpoint.Preprocessor.ChannelValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads `preprocessor_config.json` and, if present, `video_preprocessor_config.json`.
///
/// Limits are stated as `min_pixels` and `max_pixels` or as `size.shortest_edge` and
/// `size.longest_edge` (areas as well, despite their names); absent values are the published ones.
/// The published still-image limits do not apply to video: a file that states them, or states
/// nothing, gets the published limits for video frames. Any other limits are the checkpoint's own
/// and apply to video frames too, with an upper bound of at most the published 602,112.
final class PreprocessorReader {

  private static final ChannelValues MEAN = new ChannelValues(0.48145466f, 0.4578275f, 0.40821073f);
  private static final ChannelValues STD = new ChannelValues(0.26862954f, 0.26130258f, 0.27577711f);

  private PreprocessorReader() {}

  static Preprocessor read(Path directory, VisionConfig vision) {
    CheckpointJson image = CheckpointJson.read(directory.resolve("preprocessor_config.json"));
    Optional<CheckpointJson> video =
        CheckpointJson.readIfPresent(directory.resolve("video_preprocessor_config.json"));
    requireSame(image, vision);
    video.ifPresent(fields -> requireSame(fields, vision));
    PixelLimits imageLimits = limits(image, PixelLimits.OFFICIAL_IMAGE);
    PixelLimits stated = video.map(fields -> limits(fields, imageLimits)).orElse(imageLimits);
    return new Preprocessor(
        imageLimits,
        videoFrame(stated),
        channels(image, "image_mean").orElse(MEAN),
        channels(image, "image_std").orElse(STD));
  }

  private static PixelLimits videoFrame(PixelLimits stated) {
    if (stated.equals(PixelLimits.OFFICIAL_IMAGE)) {
      return PixelLimits.OFFICIAL_VIDEO_FRAME;
    }
    long max = Math.min(PixelLimits.OFFICIAL_VIDEO_FRAME.maxPixels(), stated.maxPixels());
    return new PixelLimits(Math.min(stated.minPixels(), max), max);
  }

  private static PixelLimits limits(CheckpointJson fields, PixelLimits absent) {
    Optional<CheckpointJson> size = fields.object("size");
    OptionalLong min = fields.integerIfPresent("min_pixels");
    OptionalLong max = fields.integerIfPresent("max_pixels");
    if (min.isEmpty() && size.isPresent()) {
      min = size.get().integerIfPresent("shortest_edge");
    }
    if (max.isEmpty() && size.isPresent()) {
      max = size.get().integerIfPresent("longest_edge");
    }
    long from = min.orElse(absent.minPixels());
    long to = max.orElse(absent.maxPixels());
    if (from <= 0 || to < from) {
      throw fields.invalid(
          max.isPresent() ? "max_pixels" : "min_pixels",
          "makes the pixel limits %d to %d".formatted(from, to));
    }
    return new PixelLimits(from, to);
  }

  private static void requireSame(CheckpointJson fields, VisionConfig vision) {
    requireSame(fields, "patch_size", vision.patchSize());
    requireSame(fields, "temporal_patch_size", vision.temporalPatchSize());
    requireSame(fields, "merge_size", vision.spatialMergeSize());
    double factor = fields.positiveNumber("rescale_factor", 1 / 255.0);
    if (Math.abs(factor * 255 - 1) > 1e-6) {
      throw fields.unsupported("rescale_factor", "1/255");
    }
    for (String key : List.of("do_resize", "do_rescale", "do_normalize", "do_convert_rgb")) {
      if (!fields.flag(key, true)) {
        throw fields.unsupported(key, "true");
      }
    }
  }

  private static void requireSame(CheckpointJson fields, String key, int config) {
    if (fields.positiveInteger(key, config) != config) {
      throw fields.invalid(
          key, "is %s, but config.json states %d".formatted(fields.raw(key), config));
    }
  }

  private static Optional<ChannelValues> channels(CheckpointJson fields, String key) {
    Optional<List<Double>> values = fields.numbers(key);
    if (values.isPresent()
        && (values.get().size() != 3
            || (key.equals("image_std") && values.get().stream().anyMatch(std -> std <= 0)))) {
      throw fields.invalid(
          key,
          "is " + values.get() + ", not three values for red, green and blue (positive for std)");
    }
    return values.map(v ->
        new ChannelValues(v.get(0).floatValue(), v.get(1).floatValue(), v.get(2).floatValue()));
  }
}
