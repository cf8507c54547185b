package io.chronoscope.wire;

/// Every topic of the service: the one list from which settings, definitions (`kafka/topics`),
/// subscriptions, shadow topics and the published AsyncAPI description follow. A new topic is a
/// constant here and a definition file; `TopicTest` and the compiler point at everything else.
/// [ResultType#topic()] says which results a topic carries.
public enum Topic {
  /// One self-contained media segment per record, or a reference to one.
  CHUNKS("chunks", "video.chunks", Kind.INPUT),
  /// Rules to evaluate on streams.
  RULES("rules", "video.rules", Kind.INPUT),
  /// Questions about a time range of a stream.
  QUESTIONS("questions", "video.questions", Kind.INPUT),
  /// Events, gaps and ends of streams.
  EVENTS("events", "video.events", Kind.ANALYSIS),
  /// Summaries, and windows without a usable answer.
  SUMMARIES("summaries", "video.summaries", Kind.ANALYSIS),
  /// What rules matched.
  ALERTS("alerts", "video.alerts", Kind.ANALYSIS),
  /// Input records that were rejected, with the reason.
  DEAD_LETTERS("dead-letters", "video.chunks.dlq", Kind.ANALYSIS),
  /// Answers to questions.
  ANSWERS("answers", "video.answers", Kind.REPLY),
  /// What the service needs to resume each stream.
  STATE("state", "video.state", Kind.INTERNAL);

  /// Who writes a topic and who reads it.
  public enum Kind {
    /// Clients write, the service reads. A rejected record may be redriven to it.
    INPUT,
    /// The analysis of streams publishes, clients read. Each has a shadow in a backtest.
    ANALYSIS,
    /// The service publishes on request, the requesting client reads.
    REPLY,
    /// The service alone writes and reads; its format is no interface.
    INTERNAL
  }

  private final String key;
  private final String defaultName;
  private final Kind kind;

  Topic(String key, String defaultName, Kind kind) {
    this.key = key;
    this.defaultName = defaultName;
    this.kind = kind;
  }

  /// The setting that renames it.
  public String setting() {
    return "chronoscope.topics." + key;
  }

  /// Its name unless the setting says otherwise.
  public String defaultName() {
    return defaultName;
  }

  /// The class-path resource that holds its partitions and topic configuration.
  public String definition() {
    return "/kafka/topics/" + defaultName + ".properties";
  }

  public Kind kind() {
    return kind;
  }
}
