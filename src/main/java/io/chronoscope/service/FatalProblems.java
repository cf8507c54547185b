package io.chronoscope.service;

import io.chronoscope.qwen.decoder.NonFiniteLogitsException;
import org.jspecify.annotations.Nullable;

/// Problems of one stream that are problems of all.
final class FatalProblems {

  private FatalProblems() {}

  /// Whether the instance has to end. After an `Error` nothing is certain any more, neither of the
  /// stream nor of the others, and the next process resumes from the last commit. A model that
  /// computes numbers that are none does so for every stream.
  static boolean endsInstance(Throwable problem) {
    @Nullable Throwable cause = problem;
    while (cause != null) {
      if (cause instanceof Error || cause instanceof NonFiniteLogitsException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
