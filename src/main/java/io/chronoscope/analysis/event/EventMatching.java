package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Matches a window's sightings to the open events they continue: by time (they touch), by place
/// (their descriptions do not put them in different regions of the frame) and by meaning (similar
/// words or, failing that, the same meaning in other words).
final class EventMatching {

  /// An open event and the sighting that continues it.
  ///
  /// @param similarity of their descriptions, see [TextSimilarity]
  record Pairing(OpenEvent event, Sighting sighting, double similarity) {}

  private final StreamClock clock;
  private final SemanticMatcher matcher;

  EventMatching(StreamClock clock, SemanticMatcher matcher) {
    this.clock = clock;
    this.matcher = matcher;
  }

  /// Pairs events and sightings one to one, the most similar descriptions first, among equals the
  /// closest in time.
  List<Pairing> pair(List<OpenEvent> events, List<Sighting> sightings, SeenSpan span) {
    List<Pairing> candidates = new ArrayList<>();
    for (OpenEvent event : events) {
      for (Sighting sighting : sightings) {
        if (mayContinue(event, sighting, span)) {
          candidates.add(new Pairing(event, sighting, similarity(event, sighting)));
        }
      }
    }
    candidates.sort(
        Comparator.comparingDouble(Pairing::similarity)
            .reversed()
            .thenComparing(p ->
                Math.abs(
                    clock.offsetMicros(p.event().event().start()) - p.sighting().startMicros())));
    List<Pairing> chosen = new ArrayList<>();
    for (Pairing candidate : candidates) {
      if (isFree(candidate, chosen) && isSame(candidate)) {
        chosen.add(candidate);
      }
    }
    return chosen;
  }

  /// Whether a sighting continues an open event.
  boolean continues(OpenEvent event, Sighting sighting, SeenSpan span) {
    return mayContinue(event, sighting, span)
        && isSame(new Pairing(event, sighting, similarity(event, sighting)));
  }

  /// Removes repetitions: a model that repeats itself reports one event twice, in similar words and
  /// at mostly the same time. The first report counts.
  static List<Sighting> withoutRepeats(List<Sighting> sightings) {
    List<Sighting> distinct = new ArrayList<>();
    for (Sighting sighting : sightings) {
      if (distinct.stream()
          .noneMatch(earlier ->
              TextSimilarity.of(earlier.description(), sighting.description())
                      >= TextSimilarity.SAME
                  && !FrameRegion.exclude(earlier.description(), sighting.description())
                  && earlier.sharedMicros(sighting) * 2
                      >= Math.min(earlier.lengthMicros(), sighting.lengthMicros()))) {
        distinct.add(sighting);
      }
    }
    return distinct;
  }

  private static boolean isFree(Pairing candidate, List<Pairing> chosen) {
    return chosen.stream()
        .noneMatch(pairing ->
            pairing.event().equals(candidate.event())
                || pairing.sighting().equals(candidate.sighting()));
  }

  private boolean isSame(Pairing pairing) {
    return pairing.similarity() >= TextSimilarity.SAME
        || matcher.isSame(pairing.event().event().description(), pairing.sighting().description());
  }

  private static double similarity(OpenEvent event, Sighting sighting) {
    return TextSimilarity.of(event.event().description(), sighting.description());
  }

  private boolean mayContinue(OpenEvent open, Sighting sighting, SeenSpan span) {
    VideoEvent event = open.event();
    long slack = Math.max(span.gapMicros(), event.toleranceMs() * 1000);
    return sighting.startMicros() <= clock.offsetMicros(event.end()) + slack
        && sighting.endMicros() >= clock.offsetMicros(event.start()) - slack
        && !FrameRegion.exclude(event.description(), sighting.description());
  }
}
