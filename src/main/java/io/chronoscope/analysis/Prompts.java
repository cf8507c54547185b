package io.chronoscope.analysis;

import java.util.List;

/// Questions for the model, in the wording it was trained on: Qwen2.5-VL cookbooks and technical
/// report (video understanding and grounding), and `training/prompts.json` for Chronoscope's own
/// checkpoints.
public final class Prompts {

  /// Asks for all events of a video as a JSON array.
  public static final String EVENTS =
      "Localize a series of activity events in the video, output the start and end timestamp for each"
          + " event, and describe each event with sentences. Provide the result in json format with"
          + " 'mm:ss.ff' format for time depiction.";

  /// Asks for the same, and for where each event is in the picture.
  public static final String EVENTS_WITH_BOXES =
      EVENTS
          + " Also locate each event in the picture at several times: give its \"boxes\" as a list of"
          + " {\"time\": \"mm:ss.ff\", \"bbox_2d\": [x1, y1, x2, y2]}.";

  /// Asks for a description of a whole window.
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

  /// Asks whether something happens in a video.
  public static String presence(String query) {
    return PRESENCE.formatted(quoted(query));
  }

  /// Asks when something happens in a video.
  public static String grounding(String query) {
    return GROUNDING.formatted(quoted(query));
  }

  /// Asks the same in the wording that a checkpoint was taught.
  ///
  /// @param wording with `{}` for the query
  public static String grounding(String wording, String query) {
    String plain = query.strip().replaceAll("\\s+", " ").replaceAll("\\.+$", "");
    return wording.replace("{}", quoted(plain));
  }

  /// Asks whether two descriptions of the same time mean the same event.
  public static String sameEvent(String one, String other) {
    return SAME.formatted(inert(one), inert(other));
  }

  /// Repeats a question after an answer that could not be parsed. The wording has to differ: greedy
  /// decoding gives the same answer to the same prompt.
  public static String retry(String question, String problem) {
    return question
        + " The last answer could not be used: "
        + inert(problem)
        + ". Answer in that format only.";
  }

  /// Asks for a summary of successive parts.
  ///
  /// @param parts a line for each part, in order
  public static String summary(List<String> parts) {
    return WHOLE.formatted(inert(String.join("\n", parts)));
  }

  /// A query that stands between quotes cannot end them: an apostrophe becomes its typographic
  /// form.
  private static String quoted(String query) {
    return inert(query).replace('\'', '’');
  }

  /// Text without special tokens of the model, which the tokenizer would recognize: a description
  /// that the model wrote, or a user's query, must not end the turn or insert a picture.
  private static String inert(String text) {
    return text.replace("<|", "< |").replace("|>", "| >");
  }
}
