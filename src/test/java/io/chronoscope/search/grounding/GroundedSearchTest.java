package io.chronoscope.search.grounding;

import static io.chronoscope.testing.SampleResults.at;
import static io.chronoscope.testing.SampleResults.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchHit.Grounding;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.testing.FakeEmbedder;
import io.chronoscope.testing.SampleResults;
import io.chronoscope.testing.TopicRecords;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroundedSearchTest {

  private static final Grounding SEEN = new Grounding.Confirmed(at(2), at(3), 100, 0.9);

  /// @param outcomes what the model says of each result, by its id
  private static SearchOutcome search(Map<String, Grounding> outcomes, Result... results) {
    TopicRecords topics = new TopicRecords();
    topics.publish(results);
    try (LuceneIndex index = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder())) {
      index.apply(topics.all());
      return new GroundedSearch(
              index,
              (hits, text) -> hits.stream().map(hit -> outcomes.get(hit.result().id())).toList())
          .search(new SearchRequest("red van stops", ResultFilter.VALID, 10));
    }
  }

  private static List<String> ids(SearchOutcome outcome) {
    return outcome.hitList().stream().map(hit -> hit.result().id()).toList();
  }

  @Test
  void whatIsSeenComesFirstAndWhatIsNotSeenIsLeftOut() {
    SearchOutcome outcome =
        search(
            Map.of(
                "evt-1", new Grounding.Unchecked("gone"),
                "evt-2", new Grounding.NotConfirmed(),
                "evt-3", SEEN),
            event("cam-1", "evt-1", 0, 5, "A red van stops."),
            event("cam-1", "evt-2", 10, 15, "A red van stops."),
            event("cam-1", "evt-3", 20, 25, "A red van stops."));
    assertThat(ids(outcome)).containsExactly("evt-3", "evt-1");
    SearchHit first = outcome.hitList().getFirst();
    assertThat(first.start()).isEqualTo(at(2));
    assertThat(first.end()).isEqualTo(at(3));
  }

  @Test
  void aMomentIsShownOnceThoughTheSummaryLeadsToItAsWell() {
    SearchOutcome outcome =
        search(
            Map.of("evt-1", SEEN, "sum-1", SEEN, "evt-2", SEEN),
            event("cam-1", "evt-1", 1, 4, "A red van stops."),
            SampleResults.summary("cam-1", "sum-1", Level.WINDOW, 0, 8, "A red van stops."),
            event("cam-2", "evt-2", 1, 4, "A red van stops."));
    assertThat(ids(outcome)).containsExactlyInAnyOrder("evt-1", "evt-2");
  }

  @Test
  void theModelAlsoLooksWhereSomethingSimilarHappened() {
    Result similar = event("cam-1", "evt-1", 1, 4, "A red van waits.");
    Result gone = event("cam-2", "evt-2", 1, 4, "A blue van.");
    SearchOutcome outcome =
        search(Map.of("evt-1", SEEN, "evt-2", new Grounding.Unchecked("gone")), similar, gone);
    assertThat(ids(outcome)).containsExactly("evt-1");
    assertThat(
            search(
                Map.of(
                    "evt-1", new Grounding.NotConfirmed(), "evt-2", new Grounding.NotConfirmed()),
                similar,
                gone))
        .isInstanceOf(SearchOutcome.NothingFound.class);
  }

  @Test
  void nothingIsFoundWhenNothingIsSeen() {
    assertThat(
            search(
                Map.of("evt-1", new Grounding.NotConfirmed()),
                event("cam-1", "evt-1", 1, 4, "A red van stops.")))
        .isInstanceOf(SearchOutcome.NothingFound.class);
  }
}
