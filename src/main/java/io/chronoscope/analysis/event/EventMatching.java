package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Result.VideoEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which of a window's sightings is more of which open event: by time (they touch), place (they are
/// not said to be in places that exclude each other) and meaning (much the same words; of what is
/// then left over, what is judged to mean the same).
final class EventMatching {

  /// An open event and what is more of it.
  ///
  /// @param likeness 0 to 1, of the words
  record Pairing(OpenEvent event, Sighting sighting, double likeness) {}

  private final Instant streamStart;
  private final SemanticMatcher meaning;

  EventMatching(Instant streamStart, SemanticMatcher meaning) {
    this.streamStart = streamStart;
    this.meaning = meaning;
  }

  /// One-to-one: those with like words, the most alike first, among equals the closest in time;
  /// then those that mean the same in other words.
  List<Pairing> pair(List<OpenEvent> events, List<Sighting> sightings, SeenSpan span) {
    List<Pairing> candidates = new ArrayList<>();
    for (OpenEvent event : events) {
      for (Sighting sighting : sightings) {
        if (canBeMore(event, sighting, span)) {
          candidates.add(new Pairing(event, sighting, likeness(event, sighting)));
        }
      }
    }
    candidates.sort(
        Comparator.comparingDouble(Pairing::likeness)
            .reversed()
            .thenComparing(
                p -> Math.abs(micros(p.event().event().start()) - p.sighting().startMicros())));
    List<Pairing> chosen = new ArrayList<>();
    for (Pairing candidate : candidates) {
      if (isFree(candidate, chosen) && saysTheSame(candidate)) {
        chosen.add(candidate);
      }
    }
    return chosen;
  }

  /// Whether a sighting is more of an open event.
  boolean continues(OpenEvent event, Sighting sighting, SeenSpan span) {
    return canBeMore(event, sighting, span)
        && saysTheSame(new Pairing(event, sighting, likeness(event, sighting)));
  }

  /// A model that repeats itself tells one event twice: much the same words, mostly the same time.
  /// The first telling counts.
  static List<Sighting> withoutRepeats(List<Sighting> sightings) {
    List<Sighting> told = new ArrayList<>();
    for (Sighting sighting : sightings) {
      if (told.stream()
          .noneMatch(earlier ->
              TextSimilarity.likeness(earlier.description(), sighting.description())
                      >= TextSimilarity.SAME
                  && !FrameRegion.exclude(earlier.description(), sighting.description())
                  && earlier.sharedMicros(sighting) * 2
                      >= Math.min(earlier.lengthMicros(), sighting.lengthMicros()))) {
        told.add(sighting);
      }
    }
    return told;
  }

  private static boolean isFree(Pairing candidate, List<Pairing> chosen) {
    return chosen.stream()
        .noneMatch(pairing ->
            pairing.event().equals(candidate.event())
                || pairing.sighting().equals(candidate.sighting()));
  }

  private boolean saysTheSame(Pairing pairing) {
    return pairing.likeness() >= TextSimilarity.SAME
        || meaning.isSame(pairing.event().event().description(), pairing.sighting().description());
  }

  private static double likeness(OpenEvent event, Sighting sighting) {
    return TextSimilarity.likeness(event.event().description(), sighting.description());
  }

  private boolean canBeMore(OpenEvent open, Sighting sighting, SeenSpan span) {
    VideoEvent event = open.event();
    long slack = Math.max(span.gapMicros(), event.toleranceMs() * 1000);
    return sighting.startMicros() <= micros(event.end()) + slack
        && sighting.endMicros() >= micros(event.start()) - slack
        && !FrameRegion.exclude(event.description(), sighting.description());
  }

  private long micros(Instant instant) {
    return ChronoUnit.MICROS.between(streamStart, instant);
  }
}
