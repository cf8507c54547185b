package io.chronoscope.cli.bench.engine;

import java.util.Locale;

/// What one row of the engine benchmark measures.
public enum RowKind {
  /// Every frame of a video file, decoded and converted to RGB.
  VIDEO("frames/s"),
  /// Frames scaled to the model's size.
  RESIZE("frames/s"),
  /// Frame pairs to embeddings.
  ENCODER("frames/s"),
  /// Prompts to their first token.
  PREFILL("tokens/s"),
  /// A prompt of 24,600 tokens, the most that a window has by default, to its first token. Minutes
  /// on a CPU, so only on request.
  LONG("tokens/s"),
  /// The tokens after the first.
  DECODE("tokens/s"),
  /// Yes-or-no questions about one video whose tokens they share, as rules are.
  RULES("rules/s"),
  /// Frames and a question to the whole text of the answer.
  ANSWER("answers/s"),
  /// Chunks of video to visual tokens, which no one asks about.
  TOKENS("video s/s"),
  /// The same for a scene in which nothing changes: the video's first frame in place of every
  /// frame.
  STILL_TOKENS("video s/s"),
  /// Chunks of video to published results, with everything between.
  STREAM("video s/s"),
  /// The same for the scene in which nothing changes.
  STILL("video s/s"),
  /// Searches over the events of 12 hours of video.
  SEARCH("searches/s");

  private final String unit;

  RowKind(String unit) {
    this.unit = unit;
  }

  /// The name on the command line and in the output.
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return label();
  }

  /// What [MeasuredRow#perSecond()] counts.
  String unit() {
    return unit;
  }
}
