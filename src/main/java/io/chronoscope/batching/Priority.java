package io.chronoscope.batching;

/// When an item is computed, relative to the others that wait.
public enum Priority {
  /// In turn, oldest first.
  LIVE,
  /// When nothing live is waiting, or after [Batcher#MAX_BACKGROUND_WAIT].
  BACKGROUND
}
