package io.chronoscope.analysis.question;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Has the model describe a picture, as it describes a video in which nothing moves, so that the
/// words are those of events.
public final class PictureDescription {

  private static final Pattern DESCRIPTION =
      Pattern.compile("\"description\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

  private static final Pattern CODE_FENCE = Pattern.compile("```\\w*");

  private static final double SECONDS_PER_PAIR = 1;
  private static final int PAIRS = 2;
  private static final int MAX_TOKENS = 256;

  /// On whose behalf the model works; no stream has this name.
  private static final String NO_STREAM = "";

  private PictureDescription() {}

  /// @param picture stays open
  /// @return empty when the model sees nothing that it would describe
  /// @throws IllegalArgumentException when it is too narrow for the model
  public static String of(Picture picture, BatchedModel model, AnalysisSettings settings) {
    FrameSize size = model.frameSize(picture.size(), settings.maxFramePixels());
    try (Picture scaled = model.resize(picture, size)) {
      EncodedPair still =
          model.encode(NO_STREAM, new FramePair(scaled, scaled), Priority.LIVE).join();
      List<EncodedPair> pairs = new ArrayList<>();
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        pairs.add(still);
        seconds.add(i * SECONDS_PER_PAIR);
      }
      Prompt prompt =
          Prompt.of(
              List.of(new Prompt.Part.Video(pairs, seconds), new Prompt.Part.Text(Prompts.EVENTS)),
              Math.min(MAX_TOKENS, settings.maxNewTokens()));
      return descriptions(model.generate(NO_STREAM, prompt, Priority.LIVE).join().text());
    }
  }

  /// The descriptions of all events; empty when the model sees none. An answer in another form is
  /// taken as it is.
  static String descriptions(String answer) {
    List<String> descriptions = new ArrayList<>();
    Matcher found = DESCRIPTION.matcher(answer);
    while (found.find()) {
      descriptions.add(found.group(1).replace("\\\"", "'").replaceAll("\\\\[nt]", " "));
    }
    if (!descriptions.isEmpty()) {
      return String.join(" ", descriptions).strip();
    }
    String text = CODE_FENCE.matcher(answer).replaceAll("").strip();
    return text.startsWith("[") || text.startsWith("{") ? "" : text;
  }
}
