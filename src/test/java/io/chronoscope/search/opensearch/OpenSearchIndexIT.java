package io.chronoscope.search.opensearch;

import static io.chronoscope.testing.Await.until;
import static io.chronoscope.testing.SampleResults.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.IndexAnswers;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultIndexContract;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.UpdatableIndex;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.query.Cut;
import io.chronoscope.testing.FakeEmbedder;
import io.chronoscope.testing.OpenSearchNode;
import io.chronoscope.testing.TlsFront;
import io.chronoscope.testing.TopicRecords;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The index on a real node of OpenSearch.
class OpenSearchIndexIT extends ResultIndexContract {

  private static final int BATCH = 9;
  private static final long SOON = WriterClaim.ABANDONED_AFTER.toNanos() + 1;

  private static OpenSearchNode node;

  @BeforeAll
  static void startNode() throws IOException, InterruptedException {
    node = OpenSearchNode.shared();
  }

  @Override
  protected UpdatableIndex open() {
    OpenSearchIndex index = OpenSearchIndex.of(node.newIndex(), new FakeEmbedder());
    assertThat(index.claim()).isTrue();
    return index;
  }

  private static OpenSearchIndex at(OpenSearchServer server, AtomicLong nanoTime) {
    return OpenSearchIndex.of(server, new FakeEmbedder(), Cut.CALIBRATED, nanoTime::get);
  }

  private static void followAll(UpdatableIndex index, TopicRecords topics) {
    for (var next = index.nextOffsets(); !next.equals(topics.ends()); next = index.nextOffsets()) {
      index.apply(topics.after(next, BATCH));
    }
  }

  private static IndexAnswers answersOfLucene(TopicRecords topics) {
    try (LuceneIndex lucene = LuceneIndex.open(IndexFiles.inMemory(), new FakeEmbedder())) {
      lucene.apply(topics.all());
      lucene.compact();
      return IndexAnswers.of(lucene);
    }
  }

  @Test
  void answersAsTheIndexInLuceneDoes() {
    long seed = System.nanoTime();
    TopicRecords topics = IndexAnswers.history(new Random(seed));
    try (OpenSearchIndex index = OpenSearchIndex.of(node.newIndex(), new FakeEmbedder())) {
      index.claim();
      followAll(index, topics);
      IndexAnswers.of(index).assertSameAs(answersOfLucene(topics), seed);
    }
  }

  @Test
  void oneProcessWritesAndTheOthersRead() {
    OpenSearchServer server = node.newIndex();
    TopicRecords topics = new TopicRecords();
    topics.publish(event("cam-1", "evt-1", 0, 2, "a dog"));
    AtomicLong time = new AtomicLong();
    try (OpenSearchIndex writer = at(server, time);
        OpenSearchIndex reader = at(server, time)) {
      assertThat(writer.claim()).isTrue();
      assertThat(reader.claim()).isFalse();
      ChangePosition before = reader.latestChange();
      writer.apply(topics.all());

      assertThat(reader.changes(before, 10, Duration.ofSeconds(20)))
          .isInstanceOfSatisfying(
              Changes.Continued.class, changes -> assertThat(changes.list()).hasSize(1));
      assertThat(reader.search(new SearchRequest("dog", ResultFilter.VALID, 3)).hitList())
          .hasSize(1);
      assertThat(reader.streams()).hasSize(1);
      assertThat(reader.progress().results()).isEqualTo(1);
      assertThatThrownBy(() -> reader.apply(topics.all()))
          .isInstanceOf(IndexUnavailableException.class);
      writer.close();
      assertThat(reader.claim()).isTrue();
      assertThat(reader.nextOffsets()).isEqualTo(topics.ends());
    }
  }

  @Test
  void anotherProcessTakesOverFromOneThatHangs() {
    long seed = System.nanoTime();
    TopicRecords topics = IndexAnswers.history(new Random(seed));
    OpenSearchServer server = node.newIndex();
    AtomicLong time = new AtomicLong();
    AtomicLong stopped = new AtomicLong();
    OpenSearchIndex hanging = at(server, stopped);
    try (OpenSearchIndex next = at(server, time)) {
      hanging.claim();
      hanging.apply(topics.after(hanging.nextOffsets(), 50));
      ChangePosition follower = hanging.latestChange();
      IndexBatch late = topics.after(hanging.nextOffsets(), 20);
      assertThat(next.claim()).isFalse();
      time.addAndGet(SOON);
      assertThat(next.claim()).isTrue();
      followAll(next, topics);

      // It wakes up in the middle of its work.
      assertThatThrownBy(() -> hanging.apply(late)).isInstanceOf(IndexUnavailableException.class);
      assertThat(hanging.claim()).isFalse();
      IndexAnswers.of(next).assertSameAs(answersOfLucene(topics), seed);
      assertThat(next.changes(follower, 1, Duration.ZERO)).isInstanceOf(Changes.Continued.class);
    } finally {
      hanging.close();
    }
  }

  /// A process that follows, to be killed; its clock is fast, so that it counts as gone soon. The
  /// credentials come from the environment.
  static final class Follower {

    private Follower() {}

    public static void main(String[] args) throws InterruptedException {
      TopicRecords topics = IndexAnswers.history(new Random(Long.parseLong(args[2])));
      OpenSearchServer server =
          new OpenSearchServer(
              URI.create(args[0]),
              args[1],
              Optional.ofNullable(System.getenv("OPENSEARCH_USER")),
              Optional.ofNullable(System.getenv("OPENSEARCH_PASSWORD")),
              1);
      try (OpenSearchIndex index =
          OpenSearchIndex.of(
              server, new FakeEmbedder(), Cut.CALIBRATED, () -> 100 * System.nanoTime())) {
        until("the claim", index::claim);
        System.out.println("claimed");
        while (!index.nextOffsets().equals(topics.ends())) {
          index.apply(topics.after(index.nextOffsets(), BATCH));
          System.out.println("batch");
        }
      } catch (IndexUnavailableException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static ProcessBuilder follower(OpenSearchServer server, long seed, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(
            Follower.class.getName(),
            server.address().toString(),
            server.index(),
            Long.toString(seed)));
    ProcessBuilder process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    server.username().ifPresent(user -> process.environment().put("OPENSEARCH_USER", user));
    server
        .password()
        .ifPresent(password -> process.environment().put("OPENSEARCH_PASSWORD", password));
    return process;
  }

  /// @return whether the process came to its end before it had said so many lines
  private static boolean runAndKill(OpenSearchServer server, long seed, int lines)
      throws IOException, InterruptedException {
    Process process = follower(server, seed).start();
    try (BufferedReader output = process.inputReader()) {
      int seen = 0;
      while (seen < lines && output.readLine() != null) {
        seen++;
      }
      if (seen == lines) {
        process.destroyForcibly();
      }
      process.waitFor();
      return seen < lines;
    }
  }

  @Test
  void losesAndDoublesNothingWhenItsProcessIsKilled() throws IOException, InterruptedException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    OpenSearchServer server = node.newIndex();
    for (int i = 0; i < 2; i++) {
      assertThat(runAndKill(server, seed, 2 + random.nextInt(8))).as("seed %d", seed).isFalse();
    }
    assertThat(runAndKill(server, seed, Integer.MAX_VALUE)).as("seed %d", seed).isTrue();

    try (OpenSearchIndex index = OpenSearchIndex.of(server, new FakeEmbedder())) {
      IndexAnswers.of(index)
          .assertSameAs(answersOfLucene(IndexAnswers.history(new Random(seed))), seed);
    }
  }

  /// The security plugin is in no repository of Maven; a server before the node stands for it.
  @Test
  void speaksTlsAndNamesItsUser(@TempDir Path folder) throws Exception {
    long seed = System.nanoTime();
    OpenSearchServer plain = node.newIndex();
    try (TlsFront front = new TlsFront(plain.address(), "chronoscope", "geheim", folder)) {
      assertThat(outputOfFollower(front, plain.index(), "geheim", seed))
          .startsWith("claimed\nbatch\n")
          .endsWith("batch\n");
      assertThat(outputOfFollower(front, plain.index(), "wrong", seed))
          .contains("localhost", "does not accept the user chronoscope");

      OpenSearchServer untrusted = behind(front, plain.index(), "geheim");
      try (OpenSearchIndex index = OpenSearchIndex.of(untrusted, new FakeEmbedder())) {
        assertThatThrownBy(index::claim)
            .isInstanceOf(IndexUnavailableException.class)
            .hasMessageContaining("certificate");
      }
    }
    try (OpenSearchIndex index = OpenSearchIndex.of(plain, new FakeEmbedder())) {
      IndexAnswers.of(index)
          .assertSameAs(answersOfLucene(IndexAnswers.history(new Random(seed))), seed);
    }
  }

  private static OpenSearchServer behind(TlsFront front, String index, String password) {
    return new OpenSearchServer(
        front.address(), index, Optional.of("chronoscope"), Optional.of(password), 1);
  }

  private static String outputOfFollower(TlsFront front, String index, String password, long seed)
      throws IOException {
    Process process =
        follower(
                behind(front, index, password),
                seed,
                "-Djavax.net.ssl.trustStore=" + front.trustStore(),
                "-Djavax.net.ssl.trustStorePassword=" + TlsFront.STORE_PASSWORD)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void saysWhatIsWrongWithItsServer() {
    OpenSearchServer nowhere =
        new OpenSearchServer(
            URI.create("http://127.0.0.1:1"), "x", Optional.empty(), Optional.empty(), 1);
    try (OpenSearchIndex index = OpenSearchIndex.of(nowhere, new FakeEmbedder())) {
      assertThatThrownBy(index::claim)
          .isInstanceOf(IndexUnavailableException.class)
          .hasMessageContaining("http://127.0.0.1:1");
    }
    try (OpenSearchIndex index = OpenSearchIndex.of(node.newIndex(), new FakeEmbedder())) {
      assertThatThrownBy(index::streams)
          .isInstanceOf(IndexUnavailableException.class)
          .hasMessageContaining("404");
    }
  }

  @Test
  void anIndexOfAnotherModelHasAnotherName() {
    OpenSearchServer server = node.newIndex();
    List<String> names =
        List.of(
            OpenSearchIndex.of(server, new FakeEmbedder()).name(),
            OpenSearchIndex.of(server, new FakeEmbedder("Another/model")).name());
    assertThat(names)
        .containsExactly(server.index() + "-1-fake", server.index() + "-1-another-model");
  }
}
