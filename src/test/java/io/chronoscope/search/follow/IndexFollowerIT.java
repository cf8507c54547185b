package io.chronoscope.search.follow;

import static io.chronoscope.testing.Await.until;
import static io.chronoscope.testing.SampleResults.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.Topics;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.IndexProgress.Phase;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultListing.Order;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.testing.FakeEmbedder;
import io.chronoscope.testing.TopicRecords;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class IndexFollowerIT {

  private static final AtomicInteger RUN = new AtomicInteger();
  private static EmbeddedBroker broker;

  @TempDir Path folder;

  private Map<String, Object> kafka;
  private TopicNames names;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void freshTopics() {
    int run = RUN.incrementAndGet();
    names = TopicNames.DEFAULT.renamed(name -> name + run);
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, names);
  }

  private enum End {
    COMMIT,
    ABORT
  }

  private void publish(End end, Result... results) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put("transactional.id", "test-" + RUN.incrementAndGet());
    ResultEnvelope envelope = new ResultEnvelope(names, URI.create("/test"));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (Result result : results) {
        producer.send(envelope.write(result, 4));
      }
      switch (end) {
        case COMMIT -> producer.commitTransaction();
        case ABORT -> producer.abortTransaction();
      }
    }
  }

  private void send(ProducerRecord<String, byte[]> record) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(record);
    }
  }

  private LuceneIndex index() {
    return LuceneIndex.open(IndexFiles.in(folder), new FakeEmbedder());
  }

  private IndexFollower follower(LuceneIndex index) {
    return new IndexFollower(kafka, names, index, Optional.empty(), InstantSource.system());
  }

  private static List<String> texts(LuceneIndex index) {
    return index
        .list(new ResultListing(ResultFilter.ALL, Order.OLDEST_FIRST, 100))
        .results()
        .stream()
        .map(one -> one.text())
        .toList();
  }

  @Test
  void saysWhyItStopped() throws Exception {
    LuceneIndex index = index();
    try (IndexFollower follower = follower(index)) {
      follower.start();
      assertThat(follower.trouble()).isEmpty();
      index.close();
      publish(End.COMMIT, event("cam-1", "evt-1", 1, 2, "too late"));
      until("the follower to stop", () -> follower.trouble().isPresent());
      assertThat(follower.trouble()).get().asString().contains("closed");
    }
  }

  @Test
  void readsCommittedRecordsOnlyAndGoesOnWhereTheIndexStands() {
    publish(
        End.COMMIT,
        event("cam-1", "evt-1", 1, Status.OPEN, 0, 1, "one, open"),
        event("cam-2", "evt-2", 2, 3, "two"));
    publish(End.ABORT, event("cam-1", "evt-3", 4, 5, "never committed"));
    send(new ProducerRecord<>(names.of(Topic.EVENTS), "noise", "no result".getBytes(UTF_8)));
    LuceneIndex index = index();
    IndexFollower follower = follower(index);
    follower.catchUp();
    assertThat(texts(index)).containsExactly("one, open", "two");
    assertThat(follower.skipped()).isEqualTo(1);
    assertThat(index.progress().behind()).isZero();
    index.close();

    publish(End.COMMIT, event("cam-1", "evt-1", 2, Status.CLOSED, 0, 2, "one, closed"));
    LuceneIndex again = index();
    IndexFollower later = follower(again);
    later.catchUp();
    assertThat(texts(again)).containsExactly("one, closed", "two");
    assertThat(later.skipped()).as("what was read before is not read again").isZero();
    again.close();
  }

  @Test
  void followsAndReportsChanges() {
    LuceneIndex index = index();
    ChangePosition position = index.latestChange();
    try (IndexFollower follower = follower(index)) {
      follower.start();
      publish(End.COMMIT, event("cam-1", "evt-1", 0, 1, "one"));
      Changes changes = index.changes(position, 10, Duration.ofSeconds(60));
      assertThat(((Changes.Continued) changes).list()).hasSize(1);
      int partition =
          index
              .list(new ResultListing(ResultFilter.ALL, Order.OLDEST_FIRST, 1))
              .results()
              .getFirst()
              .at()
              .partition();
      send(new ProducerRecord<>(names.of(Topic.EVENTS), partition, "evt-1", null));
      Changes more = index.changes(changes.next(), 10, Duration.ofSeconds(60));
      assertThat(((Changes.Continued) more).list())
          .singleElement()
          .isInstanceOf(Changes.Change.Removed.class);
      assertThat(texts(index)).isEmpty();
      assertThat(index.progress().phase()).isEqualTo(Phase.FOLLOWING);
    }
    index.close();
  }

  @Test
  void anIndexOfAnotherClusterIsBuiltAnew() {
    publish(End.COMMIT, event("cam-1", "evt-1", 0, 1, "one"));
    LuceneIndex index = index();
    index.readFrom("another cluster");
    TopicRecords records = new TopicRecords();
    records.publish(event("cam-9", "evt-9", 0, 1, "of another cluster"));
    index.apply(records.all());
    index.close();
    LuceneIndex again = index();
    follower(again).catchUp();
    assertThat(texts(again)).containsExactly("one");
    again.close();
  }
}
