package io.chronoscope.analysis.event;

import io.chronoscope.analysis.ChunkSample;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.BoundCertainty;
import io.chronoscope.analysis.StreamState.OpenEvent.Evidence;
import io.chronoscope.analysis.StreamState.OpenEvent.Seen;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Box;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Opens an event from its first sighting, and merges each further sighting into it: takes every
/// bound, and the description, from the analysis that saw it best. Times are microseconds from the
/// stream's start.
final class EventMerger {

  private final String stream;
  private final StreamClock clock;
  private final ModelRef model;
  private final EventNaming naming;
  private final EventConfidence confidence;

  EventMerger(
      String stream,
      StreamClock clock,
      ModelRef model,
      EventNaming naming,
      EventConfidence confidence) {
    this.stream = stream;
    this.clock = clock;
    this.model = model;
    this.naming = naming;
    this.confidence = confidence;
  }

  /// Opens an event that is not published yet: it has no revision.
  OpenEvent open(Sighting sighting, SeenSpan span, Sampling sampling) {
    Optional<Evidence> evidence = EventConfidence.first(sighting, span);
    Optional<BoundCertainty> bounds = BoundTolerance.first(sighting, span);
    String id = naming.id(sighting.startMicros(), sighting.description());
    VideoEvent event =
        event(
            id,
            0,
            Status.OPEN,
            sighting.startMicros(),
            sighting.endMicros(),
            sighting.toleranceMicros(),
            sighting.description(),
            sampling.withFrames(sighting.frameMicros().size()),
            sighting.chunks(),
            confidence.certainty(evidence, bounds, sighting.certainty()),
            sighting.boxes());
    return new OpenEvent(
        event, seenBy(span), seenBy(span), sighting.lengthMicros(), evidence, bounds);
  }

  private static Seen seenBy(SeenSpan span) {
    return new Seen(span.window(), span.untilMicros());
  }

  /// Merges a sighting into an open event, keeping its revision and status. Another analysis of the
  /// same window saw everything that the one before saw, so it replaces what only that one saw.
  OpenEvent merge(OpenEvent before, Sighting sighting, SeenSpan span, Sampling sampling) {
    VideoEvent old = before.event();
    Optional<Evidence> evidence = EventConfidence.and(before.evidence(), sighting, span);
    Bound start = start(before, sighting, span);
    Bound end = end(before, sighting, span, start.micros());
    boolean sameWindow =
        before.startSeen().window() == span.window() && before.endSeen().window() == span.window();
    Optional<BoundCertainty> bounds =
        sameWindow
            ? BoundTolerance.first(sighting, span)
            : BoundTolerance.and(before, sighting, span, clock);
    boolean reworded = sameWindow || sighting.lengthMicros() > before.wordingMicros();
    VideoEvent event =
        event(
            old.id(),
            old.revision(),
            old.status(),
            start.micros(),
            end.micros(),
            sameWindow
                ? sighting.toleranceMicros()
                : Math.max(old.toleranceMs() * 1000, sighting.toleranceMicros()),
            reworded ? sighting.description() : old.description(),
            sampling
                .withFrames(
                    sameWindow
                        ? sighting.frameMicros().size()
                        : old.sampling().framesSeen() + newFrames(before, sighting))
                .withDamage(
                    sameWindow
                        ? sampling.damagedMs()
                        : Math.max(old.sampling().damagedMs(), sampling.damagedMs())),
            ChunkSample.of(chunks(sameWindow ? List.of() : old.chunks(), sighting)),
            confidence.certainty(
                evidence,
                bounds,
                sighting.certainty().orRepaired(!sameWindow && old.certainty().repaired())),
            sameWindow ? sighting.boxes() : boxes(old.boxes(), sighting, span));
    return new OpenEvent(
        event,
        start.seen(),
        end.seen(),
        reworded ? sighting.lengthMicros() : before.wordingMicros(),
        evidence,
        bounds);
  }

  private static int newFrames(OpenEvent before, Sighting sighting) {
    return (int)
        sighting.frameMicros().stream()
            .filter(micros -> micros >= before.endSeen().untilMicros())
            .count();
  }

  private static List<ChunkOrigin> chunks(List<ChunkOrigin> before, Sighting sighting) {
    List<ChunkOrigin> chunks = new ArrayList<>(before);
    chunks.removeAll(sighting.chunks());
    chunks.addAll(sighting.chunks());
    return chunks;
  }

  /// What a window saw replaces what earlier windows saw of the same time.
  private List<Box> boxes(List<Box> before, Sighting sighting, SeenSpan span) {
    if (sighting.boxes().isEmpty()) {
      return before;
    }
    List<Box> boxes = new ArrayList<>(before);
    boxes.removeIf(box -> clock.offsetMicros(box.time()) >= span.firstMicros());
    boxes.addAll(sighting.boxes());
    return boxes;
  }

  /// @param seen the analysis that it is taken from
  private record Bound(long micros, Seen seen) {}

  /// Takes each bound from the window in which it lies further from the window's edge.
  private Bound start(OpenEvent before, Sighting sighting, SeenSpan span) {
    long old = clock.offsetMicros(before.event().start());
    boolean seenBetter =
        !span.beginsAtEdge(sighting.startMicros())
            && old >= span.firstMicros()
            && sighting.startMicros() - span.firstMicros() > before.startSeen().untilMicros() - old;
    return seenBetter || before.startSeen().window() == span.window()
        ? new Bound(sighting.startMicros(), seenBy(span))
        : new Bound(old, before.startSeen());
  }

  private Bound end(OpenEvent before, Sighting sighting, SeenSpan span, long startMicros) {
    long old = clock.offsetMicros(before.event().end());
    long oldMargin = before.endSeen().untilMicros() - old;
    boolean seenBetter =
        sighting.endMicros() > before.endSeen().untilMicros()
            || sighting.endMicros() - span.firstMicros() >= oldMargin;
    return seenBetter || before.endSeen().window() == span.window()
        ? new Bound(Math.max(startMicros, sighting.endMicros()), seenBy(span))
        : new Bound(Math.max(startMicros, old), before.endSeen());
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
      List<ChunkOrigin> chunks,
      Certainty certainty,
      List<Box> boxes) {
    TimeSpan span = TimeSpan.of(clock, startMicros, endMicros);
    return new VideoEvent(
        id,
        revision,
        status,
        stream,
        span,
        Math.ceilDiv(toleranceMicros, 1000L),
        description,
        new Provenance(model, sampling),
        chunks,
        certainty,
        BoxSample.of(span, boxes));
  }
}
