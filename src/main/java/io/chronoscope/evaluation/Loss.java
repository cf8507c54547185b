package io.chronoscope.evaluation;

import io.chronoscope.domain.TemporalIou;
import io.chronoscope.evaluation.Comparison.Pairing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What was lost between a video and its events, and the stage that lost it.
///
/// @param truth the true event; empty for an invented one
/// @param reported the reported event; empty for a true one that was not found
/// @param iou of both
public record Loss(
    Stage stage, Optional<GroundTruth.Event> truth, Optional<ReportedEvent> reported, double iou) {

  /// From this IoU on nothing is lost.
  public static final double GOOD = 0.7;

  public enum Stage {
    /// No sampled frame shows it.
    NOT_SAMPLED,
    /// A window reported something at that time with only one of its color and shape: it was seen
    /// and taken for something else.
    ENCODER,
    /// No window reported it, or none with good bounds; or a window made it up.
    ANSWER,
    /// A window reported it with better bounds than the stream's final event has; or windows that
    /// were right became two events.
    MERGE
  }

  /// What the model reported about one window; all times in milliseconds from the stream's start.
  ///
  /// @param frameMs times of its frames
  public record Window(List<Long> frameMs, long untilMs, List<Sighting> sightings) {

    public Window {
      frameMs = List.copyOf(frameMs);
      sightings = List.copyOf(sightings);
    }

    long fromMs() {
      return frameMs.getFirst();
    }
  }

  public record Sighting(long startMs, long endMs, String description) {}

  /// Finds the losses of one video.
  ///
  /// @param windows all analyses of windows, whole ones and partial ones
  public static List<Loss> of(Comparison comparison, List<Window> windows) {
    List<Loss> losses = new ArrayList<>();
    for (Pairing pairing : comparison.pairings()) {
      if (pairing.iou() < GOOD) {
        losses.add(
            new Loss(
                stage(pairing, windows),
                Optional.of(pairing.truth()),
                pairing.answer(),
                pairing.iou()));
      }
    }
    for (ReportedEvent invented : comparison.invented()) {
      boolean ofSomethingTrue =
          comparison.pairings().stream()
              .anyMatch(pairing ->
                  names(invented.description(), pairing.truth())
                      && windows.stream()
                          .flatMap(window -> window.sightings().stream())
                          .anyMatch(sighting ->
                              overlap(sighting, invented) > 0
                                  && names(sighting.description(), pairing.truth())
                                  && overlap(sighting, pairing.truth()) > 0));
      losses.add(
          new Loss(
              ofSomethingTrue ? Stage.MERGE : Stage.ANSWER,
              Optional.empty(),
              Optional.of(invented),
              0));
    }
    return losses;
  }

  private static Stage stage(Pairing pairing, List<Window> windows) {
    GroundTruth.Event truth = pairing.truth();
    boolean sampled =
        windows.stream()
            .flatMap(window -> window.frameMs().stream())
            .anyMatch(ms -> ms >= truth.startMs() && ms < truth.endMs());
    if (!sampled) {
      return Stage.NOT_SAMPLED;
    }
    double best = 0;
    boolean misread = false;
    for (Window window : windows) {
      long from = Math.max(truth.startMs(), window.fromMs());
      long until = Math.min(truth.endMs(), window.untilMs());
      if (from >= until) {
        continue;
      }
      for (Sighting sighting : window.sightings()) {
        if (names(sighting.description(), truth)) {
          best = Math.max(best, TemporalIou.of(from, until, sighting.startMs(), sighting.endMs()));
        } else if (sighting.startMs() < until && from < sighting.endMs()) {
          misread |= Subject.of(sighting.description()).sharesWith(Subject.of(truth.description()));
        }
      }
    }
    if (best >= GOOD && best > pairing.iou()) {
      return Stage.MERGE;
    }
    return best == 0 && misread ? Stage.ENCODER : Stage.ANSWER;
  }

  private static boolean names(String description, GroundTruth.Event truth) {
    return Subject.of(description).matches(Subject.of(truth.description()));
  }

  private static double overlap(Sighting sighting, ReportedEvent event) {
    return TemporalIou.of(sighting.startMs(), sighting.endMs(), event.startMs(), event.endMs());
  }

  private static double overlap(Sighting sighting, GroundTruth.Event event) {
    return TemporalIou.of(sighting.startMs(), sighting.endMs(), event.startMs(), event.endMs());
  }
}
