package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.Seen;
import io.chronoscope.analysis.event.EventMatching.Pairing;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.TimeSpan;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Makes one event of what successive looks tell about it, and gives it its identity and its life:
/// `open` when it is first told, `update` when its bounds or words change, `closed` when they are
/// final, `withdrawn` when a fuller look does not confirm it. Times inside are microseconds from
/// the stream's start.
///
/// The tracker is a function of what it is shown: the same looks in the same order give the same
/// events with the same ids and revisions, whatever happened to the process in between.
public final class EventTracker {

  /// Gives what begins its id.
  @FunctionalInterface
  public interface Naming {
    String id(long startMicros, String description);
  }

  /// Something may go on for days. Of the chunks that showed it so many of the first and of the
  /// last are named.
  static final int CHUNKS_AT_EACH_END = 32;

  private static final Comparator<VideoEvent> ORDER =
      Comparator.comparing(VideoEvent::start).thenComparing(VideoEvent::id);

  private final Naming naming;
  private final String stream;
  private final Instant streamStart;
  private final ModelRef model;
  private final EventMatching matching;
  private List<OpenEvent> open;

  public EventTracker(
      String stream,
      Instant streamStart,
      ModelRef model,
      List<OpenEvent> open,
      SemanticMatcher meaning) {
    this(
        stream,
        streamStart,
        model,
        open,
        meaning,
        (startMicros, description) ->
            StableIds.of("evt", stream, streamStart, startMicros, description));
  }

  public EventTracker(
      String stream,
      Instant streamStart,
      ModelRef model,
      List<OpenEvent> open,
      SemanticMatcher meaning,
      Naming naming) {
    this.naming = naming;
    this.stream = stream;
    this.streamStart = streamStart;
    this.model = model;
    this.matching = new EventMatching(streamStart, meaning);
    this.open = List.copyOf(open);
  }

  /// Events that a later look may still move.
  public List<OpenEvent> open() {
    return open;
  }

  /// Takes in what a look at a window saw. Nothing is final after a look at a window that is not
  /// full yet: what it does not tell, the whole window may.
  ///
  /// @param nextFromMicros where the next window begins to look: an event that ended before is
  ///   final once its window was looked at whole
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
      OpenEvent now = merge(pairing, span, sampling);
      if (isFinal(now, span, nextFromMicros)) {
        published.add(next(now, Status.CLOSED));
      } else if (tellsMore(now.event(), pairing.event().event())) {
        VideoEvent told = next(now, Status.UPDATE);
        published.add(told);
        stillOpen.add(now.withEvent(told));
      } else {
        stillOpen.add(now);
      }
    }
    for (Sighting sighting : unseenBefore) {
      OpenEvent begun = begin(sighting, span, sampling);
      if (isFinal(begun, span, nextFromMicros)) {
        published.add(begun.event().revised(1, Status.CLOSED));
      } else {
        published.add(begun.event());
        stillOpen.add(begun);
      }
    }
    for (OpenEvent event : unmatched) {
      if (span.whole()) {
        published.add(next(event, isDisproved(event, span) ? Status.WITHDRAWN : Status.CLOSED));
      } else {
        stillOpen.add(event);
      }
    }
    open = List.copyOf(stillOpen);
    published.sort(ORDER);
    return published;
  }

  /// Nothing more will be seen of the stream, or not for long enough: what is open gets its final
  /// revision.
  public List<VideoEvent> closeAll() {
    List<VideoEvent> published =
        open.stream().map(event -> next(event, Status.CLOSED)).sorted(ORDER).toList();
    open = List.of();
    return published;
  }

  /// What was seen before stands although this window does not tell it, unless this window saw all
  /// of it: then the look before saw no more than its beginning, at its border.
  boolean isDisproved(OpenEvent event, SeenSpan span) {
    return startMicros(event.event()) >= span.firstMicros();
  }

  /// Whether a sighting is more of an open event.
  boolean continues(OpenEvent event, Sighting sighting, SeenSpan span) {
    return matching.continues(event, sighting, span);
  }

  private boolean isFinal(OpenEvent event, SeenSpan span, long nextFromMicros) {
    return span.whole() && endMicros(event.event()) <= nextFromMicros;
  }

  /// Whether a reader learns something; that more frames were seen is no news by itself.
  private static boolean tellsMore(VideoEvent now, VideoEvent before) {
    return !now.start().equals(before.start())
        || !now.end().equals(before.end())
        || now.toleranceMs() != before.toleranceMs()
        || !now.description().equals(before.description());
  }

  private OpenEvent begin(Sighting sighting, SeenSpan span, Sampling sampling) {
    String id = naming.id(sighting.startMicros(), sighting.description());
    VideoEvent event =
        event(
            id,
            1,
            Status.OPEN,
            sighting.startMicros(),
            sighting.endMicros(),
            sighting.toleranceMicros(),
            sighting.description(),
            sampling.withFrames(sighting.frameMicros().size()),
            sighting.chunks());
    return new OpenEvent(event, seenBy(span), seenBy(span), sighting.lengthMicros());
  }

  private static Seen seenBy(SeenSpan span) {
    return new Seen(span.window(), span.untilMicros());
  }

  /// The event as both looks have it, under its last revision. A second look at the same window
  /// knows all that the first one knew, so it counts alone for what only they have seen.
  private OpenEvent merge(Pairing pairing, SeenSpan span, Sampling sampling) {
    OpenEvent before = pairing.event();
    VideoEvent old = before.event();
    Sighting sighting = pairing.sighting();
    Bound start = start(before, sighting, span);
    Bound end = end(before, sighting, span, start.micros());
    boolean again =
        before.startSeen().window() == span.window() && before.endSeen().window() == span.window();
    boolean wordedAnew = again || sighting.lengthMicros() > before.wordingMicros();
    long framesSeenAnew =
        sighting.frameMicros().stream()
            .filter(micros -> micros >= before.endSeen().untilMicros())
            .count();
    List<ChunkOrigin> chunks = new ArrayList<>(again ? List.of() : old.chunks());
    chunks.removeAll(sighting.chunks());
    chunks.addAll(sighting.chunks());
    VideoEvent event =
        event(
            old.id(),
            old.revision(),
            old.status(),
            start.micros(),
            end.micros(),
            again
                ? sighting.toleranceMicros()
                : Math.max(old.toleranceMs() * 1000, sighting.toleranceMicros()),
            wordedAnew ? sighting.description() : old.description(),
            sampling.withFrames(
                again
                    ? sighting.frameMicros().size()
                    : old.sampling().framesSeen() + (int) framesSeenAnew),
            ends(chunks));
    return new OpenEvent(
        event,
        start.seen(),
        end.seen(),
        wordedAnew ? sighting.lengthMicros() : before.wordingMicros());
  }

  private record Bound(long micros, Seen seen) {}

  /// Each bound from the window that saw it further from its own border.
  private Bound start(OpenEvent before, Sighting sighting, SeenSpan span) {
    long old = startMicros(before.event());
    boolean seenBetter =
        !span.beginsAtEdge(sighting.startMicros())
            && old >= span.firstMicros()
            && sighting.startMicros() - span.firstMicros() > before.startSeen().untilMicros() - old;
    return seenBetter || before.startSeen().window() == span.window()
        ? new Bound(sighting.startMicros(), seenBy(span))
        : new Bound(old, before.startSeen());
  }

  private Bound end(OpenEvent before, Sighting sighting, SeenSpan span, long startMicros) {
    long old = endMicros(before.event());
    long oldMargin = before.endSeen().untilMicros() - old;
    boolean seenBetter =
        sighting.endMicros() > before.endSeen().untilMicros()
            || sighting.endMicros() - span.firstMicros() >= oldMargin;
    return seenBetter || before.endSeen().window() == span.window()
        ? new Bound(Math.max(startMicros, sighting.endMicros()), seenBy(span))
        : new Bound(Math.max(startMicros, old), before.endSeen());
  }

  private static List<ChunkOrigin> ends(List<ChunkOrigin> chunks) {
    if (chunks.size() <= 2 * CHUNKS_AT_EACH_END) {
      return chunks;
    }
    List<ChunkOrigin> ends = new ArrayList<>(chunks.subList(0, CHUNKS_AT_EACH_END));
    ends.addAll(chunks.subList(chunks.size() - CHUNKS_AT_EACH_END, chunks.size()));
    return ends;
  }

  private VideoEvent event(
      String id,
      int revision,
      Status status,
      long startMicros,
      long endMicros,
      long toleranceMicros,
      String description,
      Sampling sampling,
      List<ChunkOrigin> chunks) {
    return new VideoEvent(
        id,
        revision,
        status,
        stream,
        TimeSpan.of(new StreamClock(streamStart), startMicros, endMicros),
        Math.ceilDiv(toleranceMicros, 1000L),
        description,
        new Provenance(model, sampling),
        chunks);
  }

  private static VideoEvent next(OpenEvent event, Status status) {
    return event.event().revised(event.event().revision() + 1, status);
  }

  private long startMicros(VideoEvent event) {
    return ChronoUnit.MICROS.between(streamStart, event.start());
  }

  private long endMicros(VideoEvent event) {
    return ChronoUnit.MICROS.between(streamStart, event.end());
  }
}
