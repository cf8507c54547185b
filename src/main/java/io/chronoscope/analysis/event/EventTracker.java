package io.chronoscope.analysis.event;

import io.chronoscope.analysis.AnalysisEvent.EventJudged.Outcome;
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
import java.util.Optional;

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

  /// Receives events that are closed, published or not.
  @FunctionalInterface
  public interface OnFinal {
    void accept(OpenEvent event, Outcome outcome);
  }

  private final StreamClock clock;
  private final EventMatching matching;
  private final EventMerger merger;
  private final EventConfidence confidence;
  private final BoundTolerance tolerance;
  private final OnFinal onFinal;
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
            StableIds.of("evt", stream, streamStart, startMicros, description),
        EventConfidence.OFF,
        (event, outcome) -> {});
  }

  /// @param open the open events of the stream's state
  /// @param naming gives new events their ids
  /// @param confidence decides which events are published
  /// @param onFinal called for each event once it is closed
  public EventTracker(
      String stream,
      Instant streamStart,
      ModelRef model,
      List<OpenEvent> open,
      SemanticMatcher matcher,
      EventNaming naming,
      EventConfidence confidence,
      OnFinal onFinal) {
    this.clock = new StreamClock(streamStart);
    this.matching = new EventMatching(clock, matcher);
    this.merger = new EventMerger(stream, clock, model, naming, confidence);
    this.confidence = confidence;
    this.tolerance = BoundTolerance.of(confidence.calibration());
    this.onFinal = onFinal;
    this.open = List.copyOf(open);
  }

  /// Events that a later analysis may still revise.
  public List<OpenEvent> open() {
    return open;
  }

  /// Adds what the analysis of a window saw. A partial analysis finalizes nothing: what it does not
  /// see, the analysis of the whole window may.
  ///
  /// A sighting that continues nothing, begins with the window's first frame and is over before the
  /// window before it ended is a remnant: that window saw all of it, and what came before it, and
  /// told of no such thing.
  ///
  /// @param nextFromMicros start of the next window, in microseconds from the stream's start: an
  ///   event that ended before it is final once its window was analyzed as a whole
  /// @param seenUntilMicros end of what the window before saw; 0 if it was not analyzed
  /// @return revisions to publish, by start
  public List<VideoEvent> observe(
      SeenSpan span,
      Sampling sampling,
      List<Sighting> sightings,
      long nextFromMicros,
      long seenUntilMicros) {
    List<OpenEvent> unmatched = new ArrayList<>(open);
    List<Sighting> unseenBefore = EventMatching.withoutRepeats(sightings);
    List<OpenEvent> stillOpen = new ArrayList<>();
    List<VideoEvent> published = new ArrayList<>();
    for (Pairing pairing : matching.pair(unmatched, unseenBefore, span)) {
      unmatched.remove(pairing.event());
      unseenBefore.remove(pairing.sighting());
      OpenEvent merged = merger.merge(pairing.event(), pairing.sighting(), span, sampling);
      if (isFinal(merged, span, nextFromMicros)) {
        closed(merged).ifPresent(published::add);
      } else if (suffices(merged)
          && (isHeldBack(merged) || changed(merged.event(), pairing.event().event()))) {
        OpenEvent revised = next(merged, isHeldBack(merged) ? Status.OPEN : Status.UPDATE);
        published.add(tolerance.stated(revised));
        stillOpen.add(revised);
      } else {
        stillOpen.add(merged);
      }
    }
    unseenBefore.removeIf(sighting ->
        span.beginsAtEdge(sighting.startMicros()) && sighting.endMicros() <= seenUntilMicros);
    for (Sighting sighting : unseenBefore) {
      OpenEvent opened = merger.open(sighting, span, sampling);
      if (isFinal(opened, span, nextFromMicros)) {
        closed(opened).ifPresent(published::add);
      } else if (suffices(opened)) {
        OpenEvent first = next(opened, Status.OPEN);
        published.add(tolerance.stated(first));
        stillOpen.add(first);
      } else {
        stillOpen.add(opened);
      }
    }
    for (OpenEvent event : unmatched) {
      if (!span.isWhole()) {
        stillOpen.add(event);
      } else if (isDisproved(event, span)) {
        withdrawn(event).ifPresent(published::add);
      } else {
        closed(confidence.missed(event, span, clock)).ifPresent(published::add);
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
        open.stream().flatMap(event -> closed(event).stream()).sorted(ORDER).toList();
    open = List.of();
    return published;
  }

  /// The final revision; none for an event that was never published and is not sure enough.
  private Optional<VideoEvent> closed(OpenEvent event) {
    if (suffices(event)) {
      onFinal.accept(event, Outcome.PUBLISHED);
      return Optional.of(tolerance.stated(next(event, Status.CLOSED)));
    }
    onFinal.accept(event, Outcome.HELD_BACK);
    return withdrawn(event);
  }

  private Optional<VideoEvent> withdrawn(OpenEvent event) {
    return isHeldBack(event)
        ? Optional.empty()
        : Optional.of(tolerance.stated(next(event, Status.WITHDRAWN)));
  }

  private boolean suffices(OpenEvent event) {
    return confidence.suffices(event.event().certainty());
  }

  /// An event that was not published yet has no revision.
  private static boolean isHeldBack(OpenEvent event) {
    return event.event().revision() == 0;
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

  private static OpenEvent next(OpenEvent event, Status status) {
    return event.withEvent(event.event().revised(event.event().revision() + 1, status));
  }
}
