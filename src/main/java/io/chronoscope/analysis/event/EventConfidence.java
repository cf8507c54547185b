package io.chronoscope.analysis.event;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.BoundCertainty;
import io.chronoscope.analysis.StreamState.OpenEvent.Evidence;
import io.chronoscope.analysis.window.Likelihood;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.vlm.Calibration;
import java.util.Optional;

/// How sure it is that an event happened, from the model's token probabilities and the agreement of
/// the windows that could see it on what and when, and whether that is enough to publish it.
///
/// @param calibration of the checkpoint; without one, the probability of the least likely word
/// @param least an event with less confidence is not published; an event without a confidence is
public record EventConfidence(Calibration calibration, double least) {

  /// Everything is published.
  public static final EventConfidence OFF = new EventConfidence(Calibration.NONE, 0);

  /// A window that sees less of an event does not count as one that could see it.
  private static final long LEAST_SEEN_MICROS = 1_000_000;

  static Optional<Evidence> first(Sighting sighting, SeenSpan span) {
    return sighting
        .likelihood()
        .map(likelihood ->
            new Evidence(likelihood.words(), likelihood.times(), 1, 1, span.window()));
  }

  /// What is known after another sighting. Another analysis of the same window replaces what that
  /// window said.
  static Optional<Evidence> and(Optional<Evidence> before, Sighting sighting, SeenSpan span) {
    if (before.isEmpty() || sighting.likelihood().isEmpty()) {
      return before.or(() -> first(sighting, span));
    }
    Evidence old = before.get();
    Likelihood seen = sighting.likelihood().get();
    if (old.lastWindow() != span.window()) {
      return Optional.of(
          new Evidence(
              Math.max(old.words(), seen.words()),
              Math.max(old.times(), seen.times()),
              old.seen() + 1,
              old.looks() + 1,
              span.window()));
    }
    boolean replaces = old.seen() == 1;
    return Optional.of(
        new Evidence(
            replaces ? seen.words() : Math.max(old.words(), seen.words()),
            replaces ? seen.times() : Math.max(old.times(), seen.times()),
            old.seen(),
            old.looks(),
            span.window()));
  }

  /// The event after a whole window did not see it.
  OpenEvent missed(OpenEvent event, SeenSpan span, StreamClock clock) {
    long from = Math.max(span.firstMicros(), clock.offsetMicros(event.event().start()));
    long until = Math.min(span.untilMicros(), clock.offsetMicros(event.event().end()));
    long length =
        clock.offsetMicros(event.event().end()) - clock.offsetMicros(event.event().start());
    boolean couldSee = until - from >= Math.min(LEAST_SEEN_MICROS, Math.max(1, length / 2));
    if (event.evidence().isEmpty() || !couldSee) {
      return event;
    }
    Evidence old = event.evidence().get();
    Evidence now =
        new Evidence(old.words(), old.times(), old.seen(), old.looks() + 1, span.window());
    return new OpenEvent(
        event
            .event()
            .withCertainty(certainty(Optional.of(now), event.bounds(), event.event().certainty())),
        event.startSeen(),
        event.endSeen(),
        event.wordingMicros(),
        Optional.of(now),
        event.bounds());
  }

  /// @param stated what the answer says by itself; its confidence, if it has one, counts
  Certainty certainty(
      Optional<Evidence> evidence, Optional<BoundCertainty> bounds, Certainty stated) {
    return evidence
        .map(known ->
            stated.withConfidence(
                calibration
                    .events()
                    .map(fitted ->
                        fitted.confidence(
                            known.words(),
                            known.times(),
                            known.seen(),
                            known.looks(),
                            bounds.map(BoundCertainty::least).orElse(0.0)))
                    .orElse(known.words())))
        .orElse(stated);
  }

  boolean suffices(Certainty certainty) {
    return certainty.confidence().isEmpty() || certainty.confidence().getAsDouble() >= least;
  }
}
