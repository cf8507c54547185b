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
/// words or, failing that, the same meaning in other words, or the very same time, or because both
/// windows leave no other way).
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
      if (isFree(candidate, chosen) && isSame(candidate, span)) {
        chosen.add(candidate);
      }
    }
    // What is left may be one thing under two names: only after all that has the same name.
    for (Pairing candidate : candidates) {
      if (isFree(candidate, chosen) && mustBeOne(candidate, span)) {
        chosen.add(candidate);
      }
    }
    return chosen;
  }

  /// Whether a sighting continues an open event.
  boolean continues(OpenEvent event, Sighting sighting, SeenSpan span) {
    return mayContinue(event, sighting, span)
        && isSame(new Pairing(event, sighting, similarity(event, sighting)), span);
  }

  /// Joins repetitions: a model that repeats itself reports one event twice, in similar words and
  /// at times that overlap, once what it saw first and once what it saw on the whole.
  static List<Sighting> withoutRepeats(List<Sighting> sightings) {
    List<Sighting> distinct = new ArrayList<>();
    for (Sighting sighting : sightings) {
      int at = 0;
      while (at < distinct.size() && !isRepeat(distinct.get(at), sighting)) {
        at++;
      }
      if (at == distinct.size()) {
        distinct.add(sighting);
      } else {
        distinct.set(at, distinct.get(at).joined(sighting));
      }
    }
    return distinct;
  }

  private static boolean isRepeat(Sighting earlier, Sighting later) {
    return TextSimilarity.of(earlier.description(), later.description()) >= TextSimilarity.SAME
        && !FrameRegion.exclude(earlier.description(), later.description())
        && (earlier.sharedMicros(later) > 0
            || (earlier.lengthMicros() == 0 && earlier.startMicros() == later.startMicros()));
  }

  private static boolean isFree(Pairing candidate, List<Pairing> chosen) {
    return chosen.stream()
        .noneMatch(pairing ->
            pairing.event().equals(candidate.event())
                || pairing.sighting().equals(candidate.sighting()));
  }

  private boolean isSame(Pairing pairing, SeenSpan span) {
    return pairing.similarity() >= TextSimilarity.SAME
        || (pairing.similarity() >= TextSimilarity.SIMILAR && looksAgree(pairing, span))
        || matcher.isSame(pairing.event().event().description(), pairing.sighting().description());
  }

  /// Whether the sighting shows the same time as the event does: both end together within the
  /// tolerance, and the sighting starts with it, or at its window's edge because the event was
  /// under way. Two looks at one thing may name it differently, but they agree on when.
  private boolean looksAgree(Pairing pairing, SeenSpan span) {
    VideoEvent event = pairing.event().event();
    Sighting sighting = pairing.sighting();
    long tolerance = Math.max(event.toleranceMs() * 1000, sighting.toleranceMicros());
    long start = clock.offsetMicros(event.start());
    boolean startsTogether =
        Math.abs(sighting.startMicros() - start) <= tolerance
            || (span.beginsAtEdge(sighting.startMicros()) && start < sighting.startMicros());
    long end = clock.offsetMicros(event.end());
    return startsTogether
        && end < pairing.event().endSeen().untilMicros()
        && sighting.endMicros() < span.untilMicros()
        && Math.abs(sighting.endMicros() - end) <= tolerance;
  }

  /// Whether the earlier window saw the event all through what both windows cover, up to its own
  /// edge, and this one saw the sighting all through it, from its own edge on. Each window would
  /// have had to see the other's thing, too, if there were two.
  private boolean mustBeOne(Pairing pairing, SeenSpan span) {
    OpenEvent open = pairing.event();
    Sighting sighting = pairing.sighting();
    long until = open.endSeen().untilMicros();
    return pairing.similarity() >= TextSimilarity.RELATED
        && open.endSeen().window() != span.window()
        && clock.offsetMicros(open.event().end()) >= until
        && clock.offsetMicros(open.event().start()) < span.firstMicros()
        && span.beginsAtEdge(sighting.startMicros())
        && sighting.endMicros() >= until;
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
