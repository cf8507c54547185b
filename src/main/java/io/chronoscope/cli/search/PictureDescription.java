package io.chronoscope.cli.search;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.cli.console.PictureFiles;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.qwen.VideoQuestion;
import io.chronoscope.search.SearchRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Has the model describe a picture, as it describes a video in which nothing moves, so that the
/// words are those of the index.
final class PictureDescription {

  private static final Pattern DESCRIPTION =
      Pattern.compile("\"description\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

  private static final double FPS = 2;
  private static final int FRAMES = 4;
  private static final int MAX_TOKENS = 256;

  private PictureDescription() {}

  /// @throws io.chronoscope.config.EnvironmentException when there is no model
  static String of(Path file, ChronoscopeConfig settings) {
    try (Qwen25Vl model = LayerSettings.open(settings);
        Picture picture = PictureFiles.read(file)) {
      List<Picture> still = new ArrayList<>();
      for (int i = 0; i < FRAMES; i++) {
        still.add(picture);
      }
      String answer =
          new VideoQuestion(model)
              .askVideo(still, FPS, Prompts.EVENTS, MAX_TOKENS, token -> {})
              .answer()
              .text();
      return words(answer);
    }
  }

  static String words(String answer) {
    List<String> descriptions = new ArrayList<>();
    Matcher found = DESCRIPTION.matcher(answer);
    while (found.find()) {
      descriptions.add(found.group(1).replace("\\\"", "'").replaceAll("\\\\[nt]", " "));
    }
    String words =
        (descriptions.isEmpty() ? answer : String.join(" ", descriptions))
            .replace('"', ' ')
            .strip();
    return words.substring(0, Math.min(words.length(), SearchRequest.MAX_LENGTH));
  }
}
