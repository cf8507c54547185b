package io.chronoscope.analysis;

import java.util.List;

/// Prompts for the model, in the wording it was trained on (Qwen2.5-VL cookbooks and technical
/// report, video understanding and grounding).
public final class Prompts {

  public static final String EVENTS =
      "Localize a series of activity events in the video, output the start and end timestamp for each"
          + " event, and describe each event with sentences. Provide the result in json format with"
          + " 'mm:ss.ff' format for time depiction.";

  public static final String SUMMARY =
      "Could you go into detail about the content of this long video?";

  private static final String PRESENCE =
      "Does the following happen in the video: '%s'? Answer yes or no.";

  private static final String GROUNDING =
      "Give the query: '%s', when does the described content occur in the video?"
          + " Use 'mm:ss.ff' as time format.";

  private static final String SAME =
      "Two descriptions of the same moments of a video:\n1. %s\n2. %s\n"
          + "Do both describe the same event? Answer yes or no.";

  private static final String WHOLE =
      "These are descriptions of successive parts of one video:\n%s\n"
          + "Summarize the whole video in a few sentences.";

  private Prompts() {}

  public static String presence(String query) {
    return PRESENCE.formatted(query);
  }

  public static String grounding(String query) {
    return GROUNDING.formatted(query);
  }

  public static String same(String one, String other) {
    return SAME.formatted(one, other);
  }

  /// Repeats a question after an answer that could not be parsed. The wording has to differ: greedy
  /// decoding gives the same answer to the same prompt.
  public static String again(String question, String problem) {
    return question
        + " The last answer could not be used: "
        + problem
        + ". Answer in that format only.";
  }

  public static String whole(List<String> parts) {
    return WHOLE.formatted(String.join("\n", parts));
  }
}
