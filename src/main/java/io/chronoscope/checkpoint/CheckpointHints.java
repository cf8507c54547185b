package io.chronoscope.checkpoint;

import io.chronoscope.vlm.ModelProfile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// Recommendations of the checkpoint's author for streams, from this project's own optional file
/// `chronoscope.json`. Every number is positive.
///
/// @param windowSeconds duration of a window
/// @param overlapSeconds overlap of consecutive windows
/// @param summarizesText whether the model can summarize text; a checkpoint of a few million
///   parameters, trained on questions about video only, cannot
/// @param comparesText whether the model can decide if two descriptions refer to the same event
/// @param videoLayout how a prompt lays out a video
/// @param profile what the model knows, and how its probabilities are to be read
public record CheckpointHints(
    OptionalDouble windowSeconds,
    OptionalDouble overlapSeconds,
    boolean summarizesText,
    boolean comparesText,
    VideoLayout videoLayout,
    ModelProfile profile) {

  private static final String FILE = "chronoscope.json";
  private static final Set<String> KEYS =
      Set.of(
          "windowSeconds",
          "overlapSeconds",
          "summarizesText",
          "comparesText",
          "videoLayout",
          ProfileReader.WORLD,
          ProfileReader.EVENTS,
          ProfileReader.QUERIES,
          ProfileReader.BOUNDS,
          ProfileReader.GROUNDING);

  /// Reads the file of a checkpoint directory, if there is one.
  public static Optional<CheckpointHints> of(Path directory) {
    return CheckpointJson.readIfPresent(directory.resolve(FILE)).map(CheckpointHints::read);
  }

  private static CheckpointHints read(CheckpointJson fields) {
    fields.requireKeys(KEYS);
    return new CheckpointHints(
        fields.positiveNumberIfPresent("windowSeconds"),
        fields.positiveNumberIfPresent("overlapSeconds"),
        fields.flag("summarizesText", true),
        fields.flag("comparesText", true),
        VideoLayout.read(fields, "videoLayout").orElse(VideoLayout.PAIRS),
        ProfileReader.read(fields));
  }
}
