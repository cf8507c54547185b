package io.chronoscope.evaluation;

import io.chronoscope.domain.TemporalIou;
import io.chronoscope.evaluation.Comparison.Pairing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
    /// No window reported it, and the model does not name it either when it is shown alone: what
    /// the encoder makes of its frames does not tell what it is.
    ENCODER,
    /// No window reported it although the model names it when it is shown alone, or none with good
    /// bounds; or a window made it up.
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
  /// @param describedAlone what the model describes when a true event is shown alone; asked about
  ///   what no window reported
  public static List<Loss> of(
      Comparison comparison,
      List<Window> windows,
      Function<GroundTruth.Event, List<String>> describedAlone) {
    List<Loss> losses = new ArrayList<>();
    for (Pairing pairing : comparison.pairings()) {
      if (pairing.iou() < GOOD) {
        losses.add(
            new Loss(
                stage(pairing, windows, describedAlone),
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

  private static Stage stage(
      Pairing pairing,
      List<Window> windows,
      Function<GroundTruth.Event, List<String>> describedAlone) {
    GroundTruth.Event truth = pairing.truth();
    boolean sampled =
        windows.stream()
            .flatMap(window -> window.frameMs().stream())
            .anyMatch(ms -> ms >= truth.startMs() && ms < truth.endMs());
    if (!sampled) {
      return Stage.NOT_SAMPLED;
    }
    double best = 0;
    for (Window window : windows) {
      long from = Math.max(truth.startMs(), window.fromMs());
      long until = Math.min(truth.endMs(), window.untilMs());
      if (from >= until) {
        continue;
      }
      for (Sighting sighting : window.sightings()) {
        if (names(sighting.description(), truth)) {
          best = Math.max(best, TemporalIou.of(from, until, sighting.startMs(), sighting.endMs()));
        }
      }
    }
    if (best >= GOOD && best > pairing.iou()) {
      return Stage.MERGE;
    }
    boolean reported = best > 0;
    return reported || describedAlone.apply(truth).stream().anyMatch(told -> names(told, truth))
        ? Stage.ANSWER
        : Stage.ENCODER;
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
