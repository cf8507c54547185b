package io.chronoscope.checkpoint;

import java.util.OptionalDouble;
import java.util.Set;

/// What the checkpoint's maker advises for streams, from this project's own optional file
/// `chronoscope.json`. Each value is positive.
///
/// @param windowSeconds length of the video that is put to the model at once
/// @param overlapSeconds how much of it the next window shows again
/// @param summarizesText whether it can summarize text; a checkpoint of a few million weights,
///   trained on questions about video alone, cannot
/// @param comparesText whether it can say if two descriptions speak of the same event
public record CheckpointHints(
    OptionalDouble windowSeconds,
    OptionalDouble overlapSeconds,
    boolean summarizesText,
    boolean comparesText) {

  static final String FILE = "chronoscope.json";
  private static final Set<String> KEYS =
      Set.of("windowSeconds", "overlapSeconds", "summarizesText", "comparesText");

  static CheckpointHints read(JsonFields fields) {
    for (String key : fields.keys()) {
      if (!KEYS.contains(key)) {
        throw fields.wrong(key, "is not known");
      }
    }
    return new CheckpointHints(
        fields.positiveNumberIfPresent("windowSeconds"),
        fields.positiveNumberIfPresent("overlapSeconds"),
        fields.flag("summarizesText", true),
        fields.flag("comparesText", true));
  }
}
