package io.chronoscope.wire;

import java.util.function.UnaryOperator;

/// What the topics are called where they are not called by their usual names.
///
/// @param chunks media in
/// @param events events out, with gaps and ends of streams
/// @param summaries summaries out, and windows without a usable answer
/// @param deadLetters records that could not be read
/// @param state what streams need to go on; the service's own
/// @param rules rules in
/// @param alerts what rules found
/// @param questions questions in
/// @param answers answers to questions
public record TopicNames(
    String chunks,
    String events,
    String summaries,
    String deadLetters,
    String state,
    String rules,
    String alerts,
    String questions,
    String answers) {

  public static final TopicNames USUAL =
      new TopicNames(
          "video.chunks",
          "video.events",
          "video.summaries",
          "video.chunks.dlq",
          "video.state",
          "video.rules",
          "video.alerts",
          "video.questions",
          "video.answers");

  /// Every one of them called something else, as for a shadow run.
  public TopicNames renamed(UnaryOperator<String> name) {
    return new TopicNames(
        name.apply(chunks),
        name.apply(events),
        name.apply(summaries),
        name.apply(deadLetters),
        name.apply(state),
        name.apply(rules),
        name.apply(alerts),
        name.apply(questions),
        name.apply(answers));
  }

  /// The same with chunks from another topic.
  public TopicNames withChunks(String other) {
    return new TopicNames(
        other, events, summaries, deadLetters, state, rules, alerts, questions, answers);
  }

  /// The topic on which results of this type are published.
  public String of(ResultType type) {
    return switch (type) {
      // What was not seen, and that nothing more will be, is for the readers of events.
      case EVENT, GAP, STREAM_END -> events;
      // It stands where the window's summary would stand.
      case SUMMARY, UNANSWERED -> summaries;
      case ALERT -> alerts;
      case ANSWER -> answers;
      case DEAD_LETTER -> deadLetters;
    };
  }
}
