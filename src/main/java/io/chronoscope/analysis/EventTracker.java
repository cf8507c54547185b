package io.chronoscope.analysis;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.ModelRef;
import io.chronoscope.model.Result.Status;
import io.chronoscope.model.Result.VideoEvent;
import io.chronoscope.model.Sampling;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Makes one event of what successive windows tell about it, and gives it its identity and its
/// life: `open` while a later window may still move it, `closed` when its bounds are final. Times
/// inside are microseconds from the stream's start.
///
/// The tracker is a function of what it is shown: the same windows in the same order give the same
/// events with the same ids and revisions, whatever happened to the process in between.
final class EventTracker {

  /// Gives what begins its id.
  @FunctionalInterface
  interface Naming {
    String id(long startMicros, String description);
  }

  /// Something may go on for days. Of the chunks that showed it so many of the first and of the
  /// last are named.
  static final int CHUNKS_AT_EACH_END = 32;

  private final Naming naming;
  private final String stream;
  private final Instant streamStart;
  private final ModelRef model;
  private List<OpenEvent> open;

  EventTracker(String stream, Instant streamStart, ModelRef model, List<OpenEvent> open) {
    this(
        stream,
        streamStart,
        model,
        open,
        (startMicros, description) -> Ids.of("evt", stream, streamStart, startMicros, description));
  }

  EventTracker(
      String stream, Instant streamStart, ModelRef model, List<OpenEvent> open, Naming naming) {
    this.naming = naming;
    this.stream = stream;
    this.streamStart = streamStart;
    this.model = model;
    this.open = List.copyOf(open);
  }

  /// Events that a later window may still move.
  List<OpenEvent> open() {
    return open;
  }

  /// Takes in what a window saw.
  ///
  /// @param nextFromMicros where the next window begins to look: an event that ended before is
  ///   final
  /// @return revisions to publish, by start
  List<VideoEvent> observe(
      SeenSpan span, Sampling sampling, List<Sighting> sightings, long nextFromMicros) {
    List<OpenEvent> unmatched = new ArrayList<>(open);
    List<Sighting> unseenBefore = withoutRepeats(sightings);
    List<OpenEvent> current = new ArrayList<>();
    for (Pairing pairing : pair(unmatched, unseenBefore, span)) {
      unmatched.remove(pairing.event);
      unseenBefore.remove(pairing.sighting);
      current.add(merge(pairing, span, sampling));
    }
    unseenBefore.forEach(sighting -> current.add(begin(sighting, span, sampling)));
    List<VideoEvent> published = new ArrayList<>();
    for (OpenEvent event : unmatched) {
      published.add(isDisproved(event, span) ? withdrawn(event) : closed(event));
    }

    List<OpenEvent> stillOpen = new ArrayList<>();
    for (OpenEvent event : current) {
      if (endMicros(event.event()) > nextFromMicros) {
        stillOpen.add(event);
        published.add(event.event());
      } else {
        published.add(event.event().revised(event.event().revision(), Status.CLOSED));
      }
    }
    open = List.copyOf(stillOpen);
    published.sort(Comparator.comparing(VideoEvent::start).thenComparing(VideoEvent::id));
    return published;
  }

  /// Nothing more will be seen of the stream, or not for long enough: what is open gets its final
  /// revision.
  List<VideoEvent> closeAll() {
    List<VideoEvent> published =
        open.stream()
            .map(EventTracker::closed)
            .sorted(Comparator.comparing(VideoEvent::start).thenComparing(VideoEvent::id))
            .toList();
    open = List.of();
    return published;
  }

  /// What was seen before stands although this window does not tell it, unless this window saw all
  /// of it: then the one before saw no more than its beginning, at its border.
  boolean isDisproved(OpenEvent event, SeenSpan span) {
    return startMicros(event.event()) >= span.firstMicros();
  }

  /// A model that repeats itself tells one event twice: much the same words, mostly the same time.
  /// The first telling counts.
  private static List<Sighting> withoutRepeats(List<Sighting> sightings) {
    List<Sighting> told = new ArrayList<>();
    for (Sighting sighting : sightings) {
      if (told.stream()
          .noneMatch(earlier ->
              Wording.likeness(earlier.description(), sighting.description()) >= Wording.SAME
                  && earlier.sharedMicros(sighting) * 2
                      >= Math.min(earlier.lengthMicros(), sighting.lengthMicros()))) {
        told.add(sighting);
      }
    }
    return told;
  }

  private record Pairing(OpenEvent event, Sighting sighting, double likeness) {}

  /// One-to-one, the most alike first; among equals the closest in time.
  private List<Pairing> pair(List<OpenEvent> events, List<Sighting> sightings, SeenSpan span) {
    List<Pairing> candidates = new ArrayList<>();
    for (OpenEvent event : events) {
      for (Sighting sighting : sightings) {
        if (continues(event, sighting, span)) {
          candidates.add(new Pairing(event, sighting, likeness(event, sighting)));
        }
      }
    }
    candidates.sort(
        Comparator.comparingDouble(Pairing::likeness)
            .reversed()
            .thenComparing(p -> Math.abs(startMicros(p.event.event()) - p.sighting.startMicros())));
    List<Pairing> chosen = new ArrayList<>();
    for (Pairing candidate : candidates) {
      if (chosen.stream()
          .noneMatch(
              p -> p.event.equals(candidate.event) || p.sighting.equals(candidate.sighting))) {
        chosen.add(candidate);
      }
    }
    return chosen;
  }

  /// Whether a sighting may be more of an open event.
  boolean continues(OpenEvent event, Sighting sighting, SeenSpan span) {
    return likeness(event, sighting) >= Wording.SAME && touch(event.event(), sighting, span);
  }

  private static double likeness(OpenEvent event, Sighting sighting) {
    return Wording.likeness(event.event().description(), sighting.description());
  }

  private boolean touch(VideoEvent event, Sighting sighting, SeenSpan span) {
    long slack = Math.max(span.gapMicros(), event.toleranceMs() * 1000);
    return sighting.startMicros() <= endMicros(event) + slack
        && sighting.endMicros() >= startMicros(event) - slack;
  }

  private OpenEvent begin(Sighting sighting, SeenSpan span, Sampling sampling) {
    String id = naming.id(sighting.startMicros(), sighting.description());
    VideoEvent event =
        event(
            id,
            1,
            sighting.startMicros(),
            sighting.endMicros(),
            sighting.toleranceMicros(),
            sighting.description(),
            sampling.withFrames(sighting.frameMicros().size()),
            sighting.chunks());
    return new OpenEvent(event, span.untilMicros(), sighting.lengthMicros());
  }

  private OpenEvent merge(Pairing pairing, SeenSpan span, Sampling sampling) {
    VideoEvent old = pairing.event.event();
    Sighting sighting = pairing.sighting;
    long start = startMicros(old);
    // Each bound from the window that saw it further from its own border.
    if (!span.beginsAtEdge(sighting.startMicros())
        && start >= span.firstMicros()
        && sighting.startMicros() - span.firstMicros() > pairing.event.seenUntilMicros() - start) {
      start = sighting.startMicros();
    }
    long end = endMicros(old);
    long oldMargin = pairing.event.seenUntilMicros() - end;
    long newMargin = sighting.endMicros() - span.firstMicros();
    long seenUntil = pairing.event.seenUntilMicros();
    if (sighting.endMicros() > pairing.event.seenUntilMicros() || newMargin >= oldMargin) {
      end = Math.max(start, sighting.endMicros());
      seenUntil = span.untilMicros();
    }
    boolean seenMore = sighting.lengthMicros() > pairing.event.wordingMicros();
    long framesSeenAnew =
        sighting.frameMicros().stream()
            .filter(micros -> micros >= pairing.event.seenUntilMicros())
            .count();
    List<ChunkOrigin> chunks = new ArrayList<>(old.chunks());
    chunks.removeAll(sighting.chunks());
    chunks.addAll(sighting.chunks());
    VideoEvent event =
        event(
            old.id(),
            old.revision() + 1,
            start,
            end,
            Math.max(old.toleranceMs() * 1000, sighting.toleranceMicros()),
            seenMore ? sighting.description() : old.description(),
            sampling.withFrames(old.sampling().framesSeen() + (int) framesSeenAnew),
            ends(chunks));
    return new OpenEvent(
        event, seenUntil, Math.max(pairing.event.wordingMicros(), sighting.lengthMicros()));
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
      long startMicros,
      long endMicros,
      long toleranceMicros,
      String description,
      Sampling sampling,
      List<ChunkOrigin> chunks) {
    return new VideoEvent(
        id,
        revision,
        Status.OPEN,
        stream,
        streamStart.plus(startMicros, ChronoUnit.MICROS),
        streamStart.plus(endMicros, ChronoUnit.MICROS),
        Math.round(startMicros / 1000.0),
        Math.round(endMicros / 1000.0),
        Math.ceilDiv(toleranceMicros, 1000L),
        description,
        model,
        sampling,
        chunks);
  }

  private static VideoEvent closed(OpenEvent event) {
    return event.event().revised(event.event().revision() + 1, Status.CLOSED);
  }

  private static VideoEvent withdrawn(OpenEvent event) {
    return event.event().revised(event.event().revision() + 1, Status.WITHDRAWN);
  }

  private long startMicros(VideoEvent event) {
    return ChronoUnit.MICROS.between(streamStart, event.start());
  }

  private long endMicros(VideoEvent event) {
    return ChronoUnit.MICROS.between(streamStart, event.end());
  }
}
