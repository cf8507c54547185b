package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.Seen;
import io.chronoscope.analysis.event.EventMatching.Pairing;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.TimeSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventMatchingTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final SeenSpan SPAN = new SeenSpan(1, 8_000_000, 17_500_000, 18_000_000, 500_000);

  private final List<String> asked = new ArrayList<>();

  private static OpenEvent open(double start, double end, String description) {
    VideoEvent event =
        new VideoEvent(
            description,
            1,
            Status.OPEN,
            "s",
            new TimeSpan(
                NOON.plusMillis(Math.round(start * 1000)),
                NOON.plusMillis(Math.round(end * 1000)),
                Math.round(start * 1000),
                Math.round(end * 1000)),
            500,
            description,
            new Provenance(new ModelRef("fake", "1"), new Sampling(20, 2, "target", 90, 112, 84)),
            List.of());
    Seen seen = new Seen(0, 10_000_000);
    return new OpenEvent(event, seen, seen, 1);
  }

  private static Sighting saw(double start, double end, String description) {
    return new Sighting(
        Math.round(start * 1e6),
        Math.round(end * 1e6),
        description,
        500_000,
        List.of(),
        List.of(),
        Certainty.UNSTATED);
  }

  private List<String> pairs(List<OpenEvent> events, Sighting... sightings) {
    SemanticMatcher matcher =
        (one, other) -> {
          asked.add(one + " | " + other);
          return one.contains("man") && other.contains("pedestrian");
        };
    return new EventMatching(new StreamClock(NOON), matcher)
        .pair(events, List.of(sightings), SPAN).stream().map(EventMatchingTest::describe).toList();
  }

  private static String describe(Pairing pairing) {
    return pairing.event().event().description() + " + " + pairing.sighting().description();
  }

  @Test
  void matchesTheSameMeaningInOtherWords() {
    assertThat(
            pairs(
                List.of(open(7, 10, "A man crosses the street.")),
                saw(8, 12, "A dog barks."),
                saw(8, 13, "The pedestrian reaches the other side.")))
        .containsExactly("A man crosses the street. + The pedestrian reaches the other side.");
  }

  @Test
  void asksNoModelWhenTheWordsMatch() {
    assertThat(
            pairs(
                List.of(open(7, 10, "A man crosses the street.")),
                saw(8, 12, "A man crosses the street."),
                saw(8, 13, "The pedestrian reaches the other side.")))
        .containsExactly("A man crosses the street. + A man crosses the street.");
    assertThat(asked).isEmpty();
  }

  @Test
  void asksNoModelAboutWhatLiesApartInTime() {
    assertThat(
            pairs(
                List.of(open(5, 9, "A man crosses the street.")),
                saw(12, 14, "The pedestrian reaches the other side.")))
        .isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void keepsOppositeRegionsApart() {
    assertThat(
            pairs(
                List.of(
                    open(7, 10, "A man waits in the left half."),
                    open(7, 10, "A man waits in the right half.")),
                saw(8, 12, "A man waits at the right edge."),
                saw(8, 13, "A man waits on the left side.")))
        .containsExactlyInAnyOrder(
            "A man waits in the left half. + A man waits on the left side.",
            "A man waits in the right half. + A man waits at the right edge.");
    assertThat(asked).isEmpty();
  }

  @Test
  void keepsRepetitionsInOppositeRegionsApart() {
    List<Sighting> sightings =
        List.of(
            saw(1, 4, "A man waits in the left half."),
            saw(1, 4, "A man waits in the right half."),
            saw(1, 4, "A man waits."));
    assertThat(EventMatching.withoutRepeats(sightings)).isEqualTo(sightings.subList(0, 2));
  }

  @Test
  void joinsRepetitionsThatOverlap() {
    List<Sighting> joined =
        EventMatching.withoutRepeats(
            List.of(
                saw(1, 3, "A blue circle moves down."),
                saw(2.5, 6, "A blue circle moves down and stops."),
                saw(7, 8, "A blue circle moves down.")));
    assertThat(joined)
        .extracting(Sighting::startMicros, Sighting::endMicros, Sighting::description)
        .containsExactly(
            tuple(1_000_000L, 6_000_000L, "A blue circle moves down and stops."),
            tuple(7_000_000L, 8_000_000L, "A blue circle moves down."));
  }

  /// Two looks at one thing: what is under way at the window's edge ends where the event ended.
  @Test
  void matchesAnotherNameForTheSameTime() {
    List<OpenEvent> event = List.of(open(5, 9, "A red triangle turns green."));
    assertThat(pairs(event, saw(8, 9.25, "A green triangle turns green."))).hasSize(1);
    assertThat(pairs(event, saw(8, 11, "A green triangle turns green."))).isEmpty();
    assertThat(pairs(event, saw(8.75, 9.25, "A green triangle turns green."))).isEmpty();
    assertThat(pairs(event, saw(8, 9.25, "A white cross appears."))).isEmpty();
  }

  /// Both windows saw one thing of this kind all through their overlap, and neither saw two.
  @Test
  void matchesWhatMustBeOneThing() {
    OpenEvent cut = open(5, 10, "A purple circle appears.");
    assertThat(pairs(List.of(cut), saw(8, 12, "A green circle appears."))).hasSize(1);
    assertThat(pairs(List.of(cut), saw(8, 9.5, "A green circle appears."))).isEmpty();
    assertThat(pairs(List.of(cut), saw(9, 12, "A green circle appears."))).isEmpty();
    assertThat(
            pairs(
                List.of(cut),
                saw(8, 12, "A green circle appears."),
                saw(8, 11, "A purple circle appears.")))
        .containsExactly("A purple circle appears. + A purple circle appears.");
    assertThat(
            pairs(
                List.of(open(5, 9, "A purple circle appears.")),
                saw(8, 12, "A green circle appears.")))
        .isEmpty();
  }
}
