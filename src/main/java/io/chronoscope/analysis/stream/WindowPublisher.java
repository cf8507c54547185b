package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.EventOpened;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/// Commits the results of a window and reports with which latency its new events were published.
///
/// @param commit makes results durable, together with the state after them, before it returns
record WindowPublisher(
    String stream, AnalysisListener listener, InstantSource clock, Consumer<List<Result>> commit) {

  /// @param analyzed the frames that the window had, in time order; at least one if the results
  ///   open an event
  void publish(List<Result> results, List<SampledFrame> analyzed) {
    if (results.isEmpty()) {
      return;
    }
    commit.accept(results);
    for (Result result : results) {
      if (result instanceof VideoEvent event && event.revision() == 1) {
        long start = StreamClock.epochMicros(event.start());
        SampledFrame first =
            analyzed.stream()
                .filter(frame -> frame.gridMicros() >= start)
                .findFirst()
                .orElse(analyzed.getLast());
        listener.on(new EventOpened(stream, age(analyzed.getLast()), age(first)));
      }
    }
  }

  /// Time since the arrival of the record that a frame comes from.
  private Duration age(SampledFrame frame) {
    return Duration.ofMillis(Math.max(0, clock.millis() - frame.recordMillis()));
  }
}
