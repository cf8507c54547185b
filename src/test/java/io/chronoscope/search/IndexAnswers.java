package io.chronoscope.search;

import static io.chronoscope.testing.SampleResults.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.search.ResultListing.Order;
import io.chronoscope.testing.SampleResults;
import io.chronoscope.testing.TopicRecords;
import io.chronoscope.wire.Topic;
import java.util.List;
import java.util.Random;

/// What a reader of an index can see, without what depends on how often it was built.
public record IndexAnswers(
    List<String> results, List<StreamFacts> streams, List<List<String>> searches) {

  private static final List<String> WORDS =
      List.of("dog", "truck", "parcel", "door", "child", "bicycle", "rain", "ladder");

  public static IndexAnswers of(ResultIndex index) {
    return new IndexAnswers(
        index.list(new ResultListing(ResultFilter.ALL, Order.OLDEST_FIRST, 1000)).results().stream()
            .map(one -> one.published().toString())
            .toList(),
        index.streams(),
        WORDS.stream()
            .map(word ->
                index
                    .search(new SearchRequest(word + " door", ResultFilter.VALID, 5))
                    .hitList()
                    .stream()
                    .map(hit -> hit.result().id())
                    .toList())
            .toList());
  }

  public void assertSameAs(IndexAnswers other, long seed) {
    assertThat(streams).as("seed %d", seed).isEqualTo(other.streams);
    assertThat(searches).as("seed %d", seed).isEqualTo(other.searches);
    assertThat(results).as("seed %d", seed).isEqualTo(other.results);
  }

  /// Results in several revisions, with tombstones between them.
  public static TopicRecords history(Random random) {
    TopicRecords topics = new TopicRecords();
    int[] revisions = new int[60];
    for (int i = 0; i < 300; i++) {
      int id = random.nextInt(revisions.length);
      String text =
          "a %s near the %s"
              .formatted(
                  WORDS.get(random.nextInt(WORDS.size())), WORDS.get(random.nextInt(WORDS.size())));
      String stream = "cam-" + id % 3;
      switch (random.nextInt(8)) {
        case 0 -> topics.remove(Topic.EVENTS, "evt-" + id);
        case 1 ->
            topics.publish(
                SampleResults.summary(stream, "sum-" + i, Level.WINDOW, i, i + 10, text));
        default ->
            topics.publish(
                event(stream, "evt-" + id, ++revisions[id], Status.UPDATE, id, id + 3 + i, text));
      }
    }
    return topics;
  }
}
