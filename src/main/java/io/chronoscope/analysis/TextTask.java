package io.chronoscope.analysis;

/// What the model is trusted to do with text alone, without video. Small checkpoints that were
/// fine-tuned on video may have lost it.
public enum TextTask {
  /// Summarize the summaries of a stream's parts; otherwise the parts are joined.
  SUMMARIZE,
  /// Decide whether two descriptions are of the same event; otherwise their words alone decide.
  COMPARE
}
