package io.chronoscope.record;

/// What the topics are called where they are not called by their usual names.
///
/// @param chunks media in
/// @param events events out
/// @param summaries summaries out, and windows without a usable answer
/// @param deadLetters records that could not be read
/// @param state what streams need to go on; the service's own
public record TopicNames(
    String chunks, String events, String summaries, String deadLetters, String state) {

  public static final TopicNames USUAL =
      new TopicNames(
          "video.chunks", "video.events", "video.summaries", "video.chunks.dlq", "video.state");

  /// The topic on which results of this type are published.
  public String of(ResultType type) {
    return switch (type) {
      case EVENT -> events;
      // It stands where the window's summary would stand.
      case SUMMARY, UNANSWERED -> summaries;
      case DEAD_LETTER -> deadLetters;
    };
  }
}
