package io.chronoscope.checkpoint;

import java.util.Locale;
import java.util.Optional;

/// How a prompt lays out a video.
public enum VideoLayout {
  /// As Qwen2.5-VL was published: all frame pairs in one block; the positions of their tokens
  /// encode the time.
  PAIRS,
  /// As TimeLens-7B was trained: every second frame as a still image of its own, each behind its
  /// time in words (`12.0s: `); the positions say nothing about time.
  TIMESTAMPS;

  static Optional<VideoLayout> read(CheckpointJson fields, String key) {
    return fields
        .text(key)
        .map(name -> {
          try {
            return valueOf(name.toUpperCase(Locale.ROOT));
          } catch (IllegalArgumentException e) {
            throw fields.unsupported(key, "pairs, timestamps");
          }
        });
  }
}
