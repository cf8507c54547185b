package io.chronoscope.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.client.CommittedResults;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static final CommittedResults UNDISTURBED =
      new CommittedResults(
          Map.of("EVENTS of gate", List.of("a", "b"), "SUMMARIES of gate", List.of("c")),
          List.of("1", "2", "3"));

  private final Comparison comparison = new Comparison(Set.of("gate"));

  @Test
  void holdsForTheSameRecords() {
    assertThat(comparison.compare(UNDISTURBED, UNDISTURBED))
        .isEqualTo(new Observation.Holds("the same 3 records"));
  }

  @Test
  void ignoresOtherStreams() {
    CommittedResults more =
        new CommittedResults(
            Map.of(
                "EVENTS of gate",
                List.of("a", "b"),
                "SUMMARIES of gate",
                List.of("c"),
                "DEAD_LETTERS of bad",
                List.of("d")),
            List.of("1", "2", "3", "4"));
    assertThat(comparison.compare(UNDISTURBED, more)).isInstanceOf(Observation.Holds.class);
  }

  @Test
  void namesTheFirstRecordThatDiffers() {
    CommittedResults other =
        new CommittedResults(
            Map.of("EVENTS of gate", List.of("a", "x"), "SUMMARIES of gate", List.of("c")),
            List.of("1", "2", "3"));
    assertThat(comparison.compare(UNDISTURBED, other))
        .isEqualTo(
            new Observation.Broken(
                "EVENTS of gate: 2 records instead of 2, the first other one x instead of b"));
  }

  /// Other streams may have chunks in the same partition.
  @Test
  void aChunkCountsByItsPlaceInItsStream() {
    CommittedResults alone = ofEvents("{\"offset\":0}", "{\"offset\":2}");
    assertThat(comparison.compare(alone, ofEvents("{\"offset\":7}", "{\"offset\":10}")))
        .isInstanceOf(Observation.Holds.class);
    assertThat(comparison.compare(alone, ofEvents("{\"offset\":10}", "{\"offset\":7}")))
        .isInstanceOf(Observation.Broken.class);
  }

  private static CommittedResults ofEvents(String... events) {
    return new CommittedResults(Map.of("EVENTS of gate", List.of(events)), List.of("1", "2"));
  }

  @Test
  void namesWhatIsMissing() {
    CommittedResults less =
        new CommittedResults(Map.of("EVENTS of gate", List.of("a", "b")), List.of("1", "2"));
    assertThat(comparison.compare(UNDISTURBED, less))
        .isEqualTo(
            new Observation.Broken(
                "SUMMARIES of gate: 0 records instead of 1, the first other one (none) instead of"
                    + " c"));
  }

  @Test
  void countsWhatIsPublishedTwice() {
    CommittedResults twice =
        new CommittedResults(UNDISTURBED.records(), List.of("1", "2", "3", "3"));
    assertThat(comparison.compare(UNDISTURBED, twice))
        .isEqualTo(new Observation.Broken("1 records published twice"));
  }
}
