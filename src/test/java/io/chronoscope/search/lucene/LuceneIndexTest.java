package io.chronoscope.search.lucene;

import static io.chronoscope.testing.SampleResults.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexAnswers;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultIndexContract;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultListing.Order;
import io.chronoscope.search.UpdatableIndex;
import io.chronoscope.testing.FakeEmbedder;
import io.chronoscope.testing.TopicRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuceneIndexTest extends ResultIndexContract {

  @TempDir Path folder;

  @Override
  protected UpdatableIndex open() {
    return LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder());
  }

  private static IndexAnswers answers(LuceneIndex index) {
    index.compact();
    return IndexAnswers.of(index);
  }

  @Test
  void losesAndDoublesNothingWhenTheProcessDies() throws IOException {
    dieAndResume(System.nanoTime());
  }

  /// A process shows a result and dies; the next one reads it together with its removal.
  @Test
  void tellsOfRemovalsOfWhatOnlyAProcessThatDiedHadShown() throws IOException {
    dieAndResume(45_266_391_853_213L);
  }

  private void dieAndResume(long seed) throws IOException {
    Random random = new Random(seed);
    TopicRecords topics = IndexAnswers.history(random);
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

    answers(index).assertSameAs(answers(undisturbed), seed);
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
    TopicRecords topics = IndexAnswers.history(new Random(seed));
    LuceneIndex slowly = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder());
    LuceneIndex atOnce = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder());
    var offsets = slowly.nextOffsets();
    while (!offsets.equals(topics.ends())) {
      IndexBatch batch = topics.after(offsets, 3);
      slowly.apply(batch);
      offsets = batch.nextOffsets();
    }
    atOnce.apply(topics.all());

    answers(slowly).assertSameAs(answers(atOnce), seed);
    slowly.close();
    atOnce.close();
  }

  @Test
  void goesOnAtItsLastCommitOnceTheDiskIsNoLongerFull() {
    long seed = System.nanoTime();
    TopicRecords topics = IndexAnswers.history(new Random(seed));
    FullDisk disk = new FullDisk();
    try (LuceneIndex index = LuceneIndex.open(IndexFiles.of(disk), new FakeEmbedder());
        LuceneIndex undisturbed = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder())) {
      undisturbed.apply(topics.all());
      index.apply(topics.after(index.nextOffsets(), 100));
      index.commit();
      var committed = index.nextOffsets();
      index.apply(topics.after(index.nextOffsets(), 50));
      disk.full = true;
      assertThatThrownBy(() -> index.apply(topics.after(index.nextOffsets(), 50)))
          .hasMessageContaining("write");
      assertThat(index.progress().results()).isPositive();
      disk.full = false;

      assertThat(index.claim()).isTrue();
      assertThat(index.nextOffsets()).isEqualTo(committed);
      index.apply(topics.after(index.nextOffsets(), 1_000));
      answers(index).assertSameAs(answers(undisturbed), seed);
    }
  }

  private static final class FullDisk extends FilterDirectory {

    private volatile boolean full;

    FullDisk() {
      super(new ByteBuffersDirectory());
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      if (full) {
        throw new IOException("No space left on device");
      }
      return super.createOutput(name, context);
    }
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
