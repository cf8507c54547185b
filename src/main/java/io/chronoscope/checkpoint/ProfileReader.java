package io.chronoscope.checkpoint;

import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.Calibration.OfBounds.Step;
import io.chronoscope.vlm.ClosedWorld;
import io.chronoscope.vlm.FrameHalf;
import io.chronoscope.vlm.ModelProfile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Reads what `chronoscope.json` says about a checkpoint's world, the calibration of its
/// probabilities and the wording of its questions.
final class ProfileReader {

  static final String WORLD = "world";
  static final String EVENTS = "eventConfidence";
  static final String QUERIES = "queryConfidence";
  static final String BOUNDS = "boundError";
  static final String GROUNDING = "groundingPrompt";

  private ProfileReader() {}

  static ModelProfile read(CheckpointJson fields) {
    return new ModelProfile(
        fields.object(WORLD).map(ProfileReader::world),
        new Calibration(
            fields.object(EVENTS).map(ProfileReader::events),
            fields.object(QUERIES).map(ProfileReader::queries),
            fields.object(BOUNDS).map(ProfileReader::bounds)),
        fields
            .text(GROUNDING)
            .map(prompt -> {
              if (!prompt.contains("{}")) {
                throw fields.invalid(GROUNDING, "has no {} for what is looked for");
              }
              return prompt;
            }));
  }

  private static ClosedWorld world(CheckpointJson fields) {
    fields.requireKeys(Set.of("names", "places", "fillers"));
    Map<String, Map<String, List<String>>> names = new TreeMap<>();
    fields
        .object("names")
        .ifPresent(kinds ->
            kinds
                .keys()
                .forEach(kind -> names.put(kind, phrases(kinds.object(kind).orElseThrow()))));
    Map<FrameHalf, List<String>> places = new EnumMap<>(FrameHalf.class);
    fields
        .object("places")
        .ifPresent(halves ->
            phrases(halves).forEach((half, texts) -> places.put(half(halves, half), texts)));
    return new ClosedWorld(names, places, fields.texts("fillers").orElse(List.of()));
  }

  private static Map<String, List<String>> phrases(CheckpointJson values) {
    Map<String, List<String>> phrases = new TreeMap<>();
    for (String value : values.keys()) {
      phrases.put(value, values.texts(value).orElseThrow());
    }
    return phrases;
  }

  private static FrameHalf half(CheckpointJson halves, String name) {
    try {
      return FrameHalf.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw halves.invalid(name, "is no half of the picture: upper, lower, left or right");
    }
  }

  private static Calibration.OfEvents events(CheckpointJson fields) {
    fields.requireKeys(Set.of("bias", "words", "times", "agreement", "alone", "bounds"));
    return new Calibration.OfEvents(
        number(fields, "bias"),
        number(fields, "words"),
        number(fields, "times"),
        number(fields, "agreement"),
        number(fields, "alone"),
        number(fields, "bounds"));
  }

  private static Calibration.OfQueries queries(CheckpointJson fields) {
    fields.requireKeys(Set.of("bias", "whether", "span", "half"));
    return new Calibration.OfQueries(
        number(fields, "bias"),
        number(fields, "whether"),
        number(fields, "span"),
        number(fields, "half"));
  }

  /// Reads seconds by certainty, such as `{"0.97": 0.9, "0": 4}`.
  private static Calibration.OfBounds bounds(CheckpointJson fields) {
    List<Step> steps = new ArrayList<>();
    for (String key : fields.keys()) {
      steps.add(new Step(certainty(fields, key), number(fields, key)));
    }
    if (steps.stream().noneMatch(step -> step.certainty() == 0)) {
      throw fields.invalid("0", "is missing: the error of every event");
    }
    return new Calibration.OfBounds(steps);
  }

  private static double certainty(CheckpointJson fields, String key) {
    try {
      double certainty = Double.parseDouble(key);
      if (certainty >= 0 && certainty <= 1) {
        return certainty;
      }
    } catch (NumberFormatException e) {
      // As any other key that is no certainty.
    }
    throw fields.invalid(key, "is no certainty from 0 to 1");
  }

  private static double number(CheckpointJson fields, String key) {
    return fields.numberIfPresent(key).orElse(0);
  }
}
