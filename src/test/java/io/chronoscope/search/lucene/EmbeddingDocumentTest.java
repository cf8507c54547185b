package io.chronoscope.search.lucene;

import static io.chronoscope.testing.SampleResults.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.query.Cut;
import io.chronoscope.testing.FakeEmbedder;
import io.chronoscope.testing.TopicRecords;
import io.chronoscope.wire.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingDocumentTest {

  private static final List<String> WHAT =
      List.of("dog", "truck", "parcel", "bicycle", "ladder", "child", "van", "crane");
  private static final List<String> WHERE =
      List.of("door", "gate", "fence", "bridge", "tree", "counter", "window", "garage");

  @TempDir Path folder;

  private static String text(Random random) {
    return "a %s near the %s"
        .formatted(WHAT.get(random.nextInt(WHAT.size())), WHERE.get(random.nextInt(WHERE.size())));
  }

  private static List<String> found(RankedSearch search, IndexSearcher searcher, String stream)
      throws IOException {
    List<String> found = new ArrayList<>();
    for (String query : List.of("dog door", "crane bridge", "van", "ladder tree")) {
      SearchRequest request =
          new SearchRequest(
              query, ResultFilter.VALID.withStream(new StreamPattern(stream)), Matching.HYBRID, 10);
      search.search(searcher, request, "").hitList().forEach(hit -> found.add(hit.result().id()));
    }
    return found;
  }

  /// Hundreds of results share few texts.
  @Test
  void searchingTextsFindsWhatComparingEveryResultFinds() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TopicRecords topics = new TopicRecords();
    for (int i = 0; i < 700; i++) {
      topics.publish(event("cam-" + i % 3, "evt-" + i, i, i + 2, text(random)));
    }
    try (LuceneIndex index = LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder())) {
      for (var next = index.nextOffsets();
          !next.equals(topics.ends());
          next = index.nextOffsets()) {
        index.apply(topics.after(next, 90));
      }
    }
    try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder))) {
      IndexSearcher searcher = new IndexSearcher(reader);
      RankedSearch texts = new RankedSearch(new FakeEmbedder(), Cut.NONE, 0);
      RankedSearch results = new RankedSearch(new FakeEmbedder(), Cut.NONE, Integer.MAX_VALUE);
      for (String stream : List.of("*", "cam-1")) {
        assertThat(found(texts, searcher, stream))
            .as("seed %d", seed)
            .hasSize(40)
            .isEqualTo(found(results, searcher, stream));
      }
      assertThat(reader.getDocCount(EmbeddingDocument.KEY))
          .isLessThanOrEqualTo(WHAT.size() * WHERE.size());
    }
  }

  @Test
  void goesWithTheLastResultOfItsText() throws IOException {
    TopicRecords topics = new TopicRecords();
    topics.publish(event("cam-1", "evt-1", 0, 2, "a dog"));
    topics.publish(event("cam-1", "evt-2", 3, 4, "a dog"));
    topics.publish(event("cam-1", "evt-3", 5, 6, "a truck"));
    try (LuceneIndex index = LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder())) {
      index.apply(topics.all());
      topics.remove(Topic.EVENTS, "evt-1");
      topics.remove(Topic.EVENTS, "evt-3");
      index.apply(topics.after(index.nextOffsets(), 10));
      index.removeBefore(Instant.EPOCH);
    }
    try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder))) {
      assertThat(EmbeddingDocument.find(reader, EmbeddingDocument.key("a dog"))).isPresent();
      assertThat(EmbeddingDocument.find(reader, EmbeddingDocument.key("a truck"))).isEmpty();
    }
  }
}
