package io.chronoscope.search.lucene;

import static io.chronoscope.testing.SampleResults.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultIndexContract;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultListing.Order;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.search.UpdatableIndex;
import io.chronoscope.testing.FakeEmbedder;
import io.chronoscope.testing.SampleResults;
import io.chronoscope.testing.TopicRecords;
import io.chronoscope.wire.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuceneIndexTest extends ResultIndexContract {

  private static final List<String> WORDS =
      List.of("dog", "truck", "parcel", "door", "child", "bicycle", "rain", "ladder");

  @TempDir Path folder;

  @Override
  protected UpdatableIndex open() {
    return LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder());
  }

  /// What a reader can see, without what depends on how often the index was built.
  record Answers(List<String> results, List<StreamFacts> streams, List<List<String>> searches) {

    static Answers of(LuceneIndex index) {
      index.compact();
      return new Answers(
          index
              .list(new ResultListing(ResultFilter.ALL, Order.OLDEST_FIRST, 1000))
              .results()
              .stream()
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
  }

  static void same(Answers one, Answers other, long seed) {
    assertThat(one.streams()).as("seed %d", seed).isEqualTo(other.streams());
    assertThat(one.searches()).as("seed %d", seed).isEqualTo(other.searches());
    assertThat(one.results()).as("seed %d", seed).isEqualTo(other.results());
  }

  static TopicRecords history(Random random) {
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

  @Test
  void losesAndDoublesNothingWhenTheProcessDies() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TopicRecords topics = history(random);
    LuceneIndex undisturbed = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder());
    undisturbed.apply(topics.all());

    Path place = folder.resolve("0");
    LuceneIndex index = LuceneIndex.open(IndexFiles.in(place), new FakeEmbedder());
    ChangePosition follower = index.latestChange();
    Set<String> followed = new HashSet<>();
    var offsets = index.nextOffsets();
    for (int step = 0; !offsets.equals(topics.ends()); step++) {
      IndexBatch batch = topics.after(offsets, 1 + random.nextInt(20));
      index.apply(batch);
      offsets = batch.nextOffsets();
      follower = follow(index, follower, followed);
      if (random.nextInt(4) == 0) {
        index.commit();
      }
      if (random.nextInt(4) == 0) {
        // What lies on the disk at this moment is all that the next process finds.
        Path next = folder.resolve("copy" + step);
        copy(place, next);
        index.close();
        place = next;
        index = LuceneIndex.open(IndexFiles.in(place), new FakeEmbedder());
        offsets = index.nextOffsets();
      }
    }
    follow(index, follower, followed);

    same(Answers.of(index), Answers.of(undisturbed), seed);
    Set<String> present = new HashSet<>();
    index
        .list(new ResultListing(ResultFilter.ALL, Order.OLDEST_FIRST, 1000))
        .results()
        .forEach(one -> present.add(one.published().toString()));
    assertThat(followed).as("seed %d", seed).isEqualTo(present);
    index.close();
    undisturbed.close();
  }

  /// Applies the changes to a follower's own copy, which must in the end be equal to the index.
  private static ChangePosition follow(
      LuceneIndex index, ChangePosition after, Set<String> followed) {
    while (index.changes(after, 7, Duration.ZERO) instanceof Changes.Continued(var list, var next)
        && !list.isEmpty()) {
      for (Change change : list) {
        switch (change) {
          case Change.Upserted(IndexedResult one) -> {
            followed.removeIf(known -> known.contains("[id=" + one.id() + ","));
            followed.add(one.published().toString());
          }
          case Change.Removed removed ->
              followed.removeIf(known -> known.contains("[id=" + removed.id() + ","));
        }
      }
      after = next;
    }
    return after;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("write.lock")) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  @Test
  void aRebuildGivesTheSameAnswers() {
    long seed = System.nanoTime();
    TopicRecords topics = history(new Random(seed));
    LuceneIndex slowly = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder());
    LuceneIndex atOnce = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder());
    var offsets = slowly.nextOffsets();
    while (!offsets.equals(topics.ends())) {
      IndexBatch batch = topics.after(offsets, 3);
      slowly.apply(batch);
      offsets = batch.nextOffsets();
    }
    atOnce.apply(topics.all());

    same(Answers.of(slowly), Answers.of(atOnce), seed);
    slowly.close();
    atOnce.close();
  }

  @Test
  void anIndexOfAnotherModelIsBuiltAnew() {
    TopicRecords topics = new TopicRecords();
    topics.publish(event("cam-1", "evt-1", 0, 2, "one"));
    LuceneIndex index = LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder());
    index.apply(topics.all());
    ChangePosition position = index.latestChange();
    index.close();

    LuceneIndex other = LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder("another"));
    assertThat(other.nextOffsets()).isEmpty();
    assertThat(other.progress().results()).isZero();
    assertThat(other.changes(position, 1, Duration.ZERO)).isInstanceOf(Changes.Restarted.class);
    other.close();
  }

  @Test
  void oneProcessWritesADirectory() {
    LuceneIndex index = LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder());
    assertThatThrownBy(() -> IndexFiles.in(folder))
        .isInstanceOf(IndexFiles.InUseException.class)
        .hasMessageContaining(folder.toString());
    index.close();
  }

  @Test
  void aDamagedIndexIsBuiltAnew() throws IOException {
    LuceneIndex index = LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder());
    TopicRecords topics = new TopicRecords();
    topics.publish(event("cam-1", "evt-1", 0, 2, "one"));
    index.apply(topics.all());
    index.close();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(one -> one.getFileName().toString().startsWith("segments_")).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }

    LuceneIndex again = LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder());
    assertThat(again.nextOffsets()).isEqualTo(Map.of());
    again.close();
  }
}
