package io.chronoscope.analysis.event;

import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Chooses the event that an alert refers to, because it describes the same occurrence.
final class EventReference {

  private EventReference() {}

  /// Prefers events that overlap the alert by half, then those with the most similar description,
  /// then those that share most of the time. A reference stays until its event is withdrawn or
  /// revised; then the best event is chosen anew.
  ///
  /// @param alert as an event
  /// @param earlier id of the event it referred to so far
  /// @param events the revisions of events published for the same analysis
  /// @return the chosen event's id; empty when nothing happens at the time
  static Optional<String> choose(
      VideoEvent alert, Optional<String> earlier, List<VideoEvent> events) {
    List<VideoEvent> overlapping =
        events.stream()
            .filter(event -> event.status() != Status.WITHDRAWN && sharedMs(alert, event) > 0)
            .toList();
    boolean stands =
        earlier.isPresent()
            && events.stream()
                .noneMatch(event ->
                    event.status() == Status.WITHDRAWN && event.id().equals(earlier.get()));
    if (stands && overlapping.stream().noneMatch(event -> event.id().equals(earlier.get()))) {
      return earlier;
    }
    return overlapping.stream()
        .max(
            Comparator.comparing((VideoEvent event) -> sharesHalf(alert, event))
                .thenComparing(event -> TextSimilarity.of(alert.description(), event.description()))
                .thenComparing(event -> (double) sharedMs(alert, event) / joinedMs(alert, event))
                .thenComparing(VideoEvent::id))
        .map(VideoEvent::id);
  }

  private static boolean sharesHalf(VideoEvent one, VideoEvent other) {
    return sharedMs(one, other) * 2 >= Math.min(lengthMs(one), lengthMs(other));
  }

  private static long sharedMs(VideoEvent one, VideoEvent other) {
    return Math.min(one.endOffsetMs(), other.endOffsetMs())
        - Math.max(one.startOffsetMs(), other.startOffsetMs());
  }

  private static long joinedMs(VideoEvent one, VideoEvent other) {
    return Math.max(one.endOffsetMs(), other.endOffsetMs())
        - Math.min(one.startOffsetMs(), other.startOffsetMs());
  }

  private static long lengthMs(VideoEvent event) {
    return event.endOffsetMs() - event.startOffsetMs();
  }
}
