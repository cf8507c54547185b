package io.chronoscope.search.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.search.IndexAnswers;
import io.chronoscope.testing.FakeEmbedder;
import io.chronoscope.testing.TopicRecords;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An index whose process is killed, as by `kill -9`, in the middle of its work.
class KilledIndexTest {

  private static final int KILLS = 3;
  private static final int BATCH = 7;
  private static final int BATCHES_PER_COMMIT = 3;
  private static final String DONE = "done";

  @TempDir Path folder;

  /// The process that is killed: follows a history from where its index stands, and says so after
  /// each batch.
  static final class Follower {

    private Follower() {}

    public static void main(String[] args) {
      TopicRecords topics = IndexAnswers.history(new Random(Long.parseLong(args[1])));
      try (LuceneIndex index =
          LuceneIndex.open(IndexFiles.in(Path.of(args[0])), new FakeEmbedder())) {
        var next = index.nextOffsets();
        for (int batches = 1; !next.equals(topics.ends()); batches++) {
          var batch = topics.after(next, BATCH);
          index.apply(batch);
          next = batch.nextOffsets();
          if (batches % BATCHES_PER_COMMIT == 0) {
            index.commit();
          }
          System.out.println("batch " + batches);
        }
      }
      System.out.println(DONE);
    }
  }

  /// @param batches after how many the process is killed
  /// @return whether it came to its end before
  private boolean runAndKill(long seed, int batches) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Follower.class.getName(),
                folder.toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = process.inputReader()) {
      String last = "";
      for (int seen = 0; seen < batches && !last.equals(DONE); seen++) {
        last = lines.readLine();
        assertThat(last).as("the process ended by itself, seed %d", seed).isNotNull();
      }
      process.destroyForcibly();
      process.waitFor();
      return last.equals(DONE);
    }
  }

  @Test
  void resumesWhereItsLastCommitStands() throws IOException, InterruptedException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < KILLS; i++) {
      runAndKill(seed, 1 + random.nextInt(9));
    }
    assertThat(runAndKill(seed, Integer.MAX_VALUE)).isTrue();

    try (LuceneIndex killed = LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder());
        LuceneIndex whole = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder())) {
      whole.apply(IndexAnswers.history(new Random(seed)).all());
      killed.compact();
      whole.compact();
      IndexAnswers.of(killed).assertSameAs(IndexAnswers.of(whole), seed);
    }
  }
}
