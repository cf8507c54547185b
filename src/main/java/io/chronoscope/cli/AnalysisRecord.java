package io.chronoscope.cli;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.EventJudged;
import io.chronoscope.analysis.AnalysisEvent.WindowSightings;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.evaluation.FrameCeiling;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.Loss;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What an evaluation has to know of the analysis beyond its results. Thread-safe.
final class AnalysisRecord implements AnalysisListener {

  private final Map<String, OpenEvent> judged = new ConcurrentHashMap<>();
  private final Queue<WindowSightings> windows = new ConcurrentLinkedQueue<>();

  @Override
  public void on(AnalysisEvent event) {
    if (event instanceof EventJudged last) {
      judged.put(last.event().event().id(), last.event());
    } else if (event instanceof WindowSightings window) {
      windows.add(window);
    }
  }

  /// What was known about an event when it was closed.
  ///
  /// @param event its id
  Optional<OpenEvent> closed(String event) {
    return Optional.ofNullable(judged.get(event));
  }

  /// What the frames that windows of a stream had allow.
  FrameCeiling ceiling(String stream, GroundTruth truth) {
    List<Loss.Window> all = windowsOf(stream);
    return FrameCeiling.of(
        truth,
        all.stream().flatMap(window -> window.frameMs().stream()).toList(),
        all.stream().mapToLong(Loss.Window::untilMs).max().orElse(0));
  }

  /// What the model reported about each window of a stream.
  List<Loss.Window> windowsOf(String stream) {
    return windows.stream()
        .filter(window -> window.stream().equals(stream))
        .map(window ->
            new Loss.Window(
                window.frameMicros().stream().map(micros -> micros / 1000).toList(),
                window.untilMicros() / 1000,
                window.sightings().stream()
                    .map(sighting ->
                        new Loss.Sighting(
                            sighting.startMicros() / 1000,
                            sighting.endMicros() / 1000,
                            sighting.description()))
                    .toList()))
        .toList();
  }
}
