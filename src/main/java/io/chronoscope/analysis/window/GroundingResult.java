package io.chronoscope.analysis.window;

import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;

/// Whether and when something happens in a video, as found by a [TemporalGrounder].
public sealed interface GroundingResult {

  /// It does not happen: the score is below the threshold.
  ///
  /// @param score how sure the model is that it happens, 0 to 1
  record Absent(double score) implements GroundingResult {

    public Absent {
      requireShare(score);
    }
  }

  /// It happens, and the model says when, and confirms it for that span.
  ///
  /// @param score how sure the model is that it happens in the video, 0 to 1
  /// @param spanScore how sure the model is that it happens in the span, 0 to 1
  /// @param confidence that it is true, 0 to 1: calibrated if the checkpoint brings a calibration,
  ///   else the smaller of both scores
  record Located(double score, double spanScore, double confidence, ParsedEvent event)
      implements GroundingResult {

    public Located {
      requireShare(score);
      requireShare(spanScore);
      requireShare(confidence);
    }
  }

  /// The model says that it happens, and when, but the check leaves its confidence below the
  /// threshold.
  ///
  /// @param score how sure the model is that it happens in the video, 0 to 1
  /// @param spanScore how sure the model is that it happens in the span, 0 to 1
  record Refused(double score, double spanScore, ParsedEvent event) implements GroundingResult {

    public Refused {
      requireShare(score);
      requireShare(spanScore);
    }
  }

  /// It happens, but the model's answer to the question when, or to the check of the span found,
  /// could not be used.
  ///
  /// @param score how sure the model is that it happens, 0 to 1
  record Unlocated(double score, String problem) implements GroundingResult {

    public Unlocated {
      requireShare(score);
    }
  }

  /// The model's answer to the question whether it happens could not be used.
  record Unusable(String problem) implements GroundingResult {}

  private static void requireShare(double score) {
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("score is " + score + ", not between 0 and 1");
    }
  }
}
