package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.event.EventMatching.Pairing;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Follows events across windows: merges what successive analyses see of the same event and decides
/// which revisions are published. An event is `open` when it is first published, `update` when its
/// bounds or description change, `closed` when they are final, and `withdrawn` when an analysis
/// that saw more does not confirm it.
///
/// The tracker is deterministic: the same observations in the same order give the same events with
/// the same ids and revisions, however often the process is restarted in between. For use by one
/// thread at a time.
public final class EventTracker {

  private static final Comparator<VideoEvent> ORDER =
      Comparator.comparing(VideoEvent::start).thenComparing(VideoEvent::id);

  private final StreamClock clock;
  private final EventMatching matching;
  private final EventMerger merger;
  private List<OpenEvent> open;

  /// @param open the open events of the stream's state
  public EventTracker(
      String stream,
      Instant streamStart,
      ModelRef model,
      List<OpenEvent> open,
      SemanticMatcher matcher) {
    this(
        stream,
        streamStart,
        model,
        open,
        matcher,
        (startMicros, description) ->
            StableIds.of("evt", stream, streamStart, startMicros, description));
  }

  /// @param open the open events of the stream's state
  /// @param naming gives new events their ids
  public EventTracker(
      String stream,
      Instant streamStart,
      ModelRef model,
      List<OpenEvent> open,
      SemanticMatcher matcher,
      EventNaming naming) {
    this.clock = new StreamClock(streamStart);
    this.matching = new EventMatching(clock, matcher);
    this.merger = new EventMerger(stream, clock, model, naming);
    this.open = List.copyOf(open);
  }

  /// Events that a later analysis may still revise.
  public List<OpenEvent> open() {
    return open;
  }

  /// Adds what the analysis of a window saw. A partial analysis finalizes nothing: what it does not
  /// see, the analysis of the whole window may.
  ///
  /// @param nextFromMicros start of the next window, in microseconds from the stream's start: an
  ///   event that ended before it is final once its window was analyzed as a whole
  /// @return revisions to publish, by start
  public List<VideoEvent> observe(
      SeenSpan span, Sampling sampling, List<Sighting> sightings, long nextFromMicros) {
    List<OpenEvent> unmatched = new ArrayList<>(open);
    List<Sighting> unseenBefore = EventMatching.withoutRepeats(sightings);
    List<OpenEvent> stillOpen = new ArrayList<>();
    List<VideoEvent> published = new ArrayList<>();
    for (Pairing pairing : matching.pair(unmatched, unseenBefore, span)) {
      unmatched.remove(pairing.event());
      unseenBefore.remove(pairing.sighting());
      OpenEvent merged = merger.merge(pairing.event(), pairing.sighting(), span, sampling);
      if (isFinal(merged, span, nextFromMicros)) {
        published.add(next(merged, Status.CLOSED));
      } else if (changed(merged.event(), pairing.event().event())) {
        VideoEvent revised = next(merged, Status.UPDATE);
        published.add(revised);
        stillOpen.add(merged.withEvent(revised));
      } else {
        stillOpen.add(merged);
      }
    }
    for (Sighting sighting : unseenBefore) {
      OpenEvent opened = merger.open(sighting, span, sampling);
      if (isFinal(opened, span, nextFromMicros)) {
        published.add(opened.event().revised(1, Status.CLOSED));
      } else {
        published.add(opened.event());
        stillOpen.add(opened);
      }
    }
    for (OpenEvent event : unmatched) {
      if (span.isWhole()) {
        published.add(next(event, isDisproved(event, span) ? Status.WITHDRAWN : Status.CLOSED));
      } else {
        stillOpen.add(event);
      }
    }
    open = List.copyOf(stillOpen);
    published.sort(ORDER);
    return published;
  }

  /// Closes all open events, because the stream has ended, is idle, or skips what would continue
  /// them.
  ///
  /// @return revisions to publish, by start
  public List<VideoEvent> closeAll() {
    List<VideoEvent> published =
        open.stream().map(event -> next(event, Status.CLOSED)).sorted(ORDER).toList();
    open = List.of();
    return published;
  }

  /// Whether a window that does not confirm an event disproves it. It does only if it saw all of
  /// the event: then the earlier analysis saw just its beginning, at its own edge.
  boolean isDisproved(OpenEvent event, SeenSpan span) {
    return clock.offsetMicros(event.event().start()) >= span.firstMicros();
  }

  /// Whether a sighting continues an open event.
  boolean continues(OpenEvent event, Sighting sighting, SeenSpan span) {
    return matching.continues(event, sighting, span);
  }

  private boolean isFinal(OpenEvent event, SeenSpan span, long nextFromMicros) {
    return span.isWhole() && clock.offsetMicros(event.event().end()) <= nextFromMicros;
  }

  /// Whether consumers learn something new; more frames or chunks alone are not worth a revision.
  private static boolean changed(VideoEvent now, VideoEvent before) {
    return !now.start().equals(before.start())
        || !now.end().equals(before.end())
        || now.toleranceMs() != before.toleranceMs()
        || !now.description().equals(before.description());
  }

  private static VideoEvent next(OpenEvent event, Status status) {
    return event.event().revised(event.event().revision() + 1, status);
  }
}
