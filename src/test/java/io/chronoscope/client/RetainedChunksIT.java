package io.chronoscope.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.analysis.ChunkArchive.ChunkCursor;
import io.chronoscope.analysis.ChunkArchive.TooMuchToReadException;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ChunkRecords;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RetainedChunksIT {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final AtomicInteger RUN = new AtomicInteger();
  private static final int CHUNKS = 30;

  private static EmbeddedBroker broker;
  private String topic;
  private Map<String, Object> kafka;

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
    TopicNames names = TopicNames.DEFAULT.renamed(name -> name + run);
    topic = names.of(Topic.CHUNKS);
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, names);
  }

  private RetainedChunks chunks(long maxBytes) {
    return new RetainedChunks(kafka, topic, new ChunkEnvelope(1 << 20), maxBytes);
  }

  private enum Timestamps {
    /// Each chunk is written when it ends.
    LIVE,
    /// All chunks are written at the same time.
    AT_ONCE
  }

  /// Publishes chunks of one minute in two streams, which may share a partition.
  private void produce(Timestamps timestamps) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < CHUNKS; i++) {
        for (String stream : List.of("cam", "other")) {
          Instant start = NOON.plusSeconds(60L * i);
          ProducerRecord<String, byte[]> record =
              ChunkRecords.chunk(
                  topic,
                  URI.create("/test"),
                  stream,
                  i,
                  start,
                  Duration.ofSeconds(60),
                  "video/mp4",
                  ("media " + i).getBytes(UTF_8));
          Instant written =
              switch (timestamps) {
                case LIVE -> start.plusSeconds(61);
                case AT_ONCE -> NOON;
              };
          producer.send(
              new ProducerRecord<>(
                  record.topic(),
                  null,
                  written.toEpochMilli(),
                  record.key(),
                  record.value(),
                  record.headers()));
        }
      }
      producer.flush();
    }
  }

  private List<Long> sequences(RetainedChunks chunks, int fromMinute, int toMinute) {
    List<Long> sequences = new ArrayList<>();
    try (ChunkCursor cursor =
        chunks
            .open("cam", NOON.plusSeconds(60L * fromMinute), NOON.plusSeconds(60L * toMinute))
            .orElseThrow()) {
      Optional<StreamInput> next;
      while ((next = cursor.next()).isPresent()) {
        assertThat(next.get().stream()).isEqualTo("cam");
        sequences.add(((Chunk) next.get()).sequence().orElseThrow());
      }
    }
    return sequences;
  }

  @Test
  void findsARangeOfALiveStream() {
    produce(Timestamps.LIVE);

    assertThat(sequences(chunks(1 << 20), 20, 23)).containsExactly(20L, 21L, 22L, 23L);
  }

  @Test
  void findsARangeOfAVideoThatWasSentAtOnce() {
    produce(Timestamps.AT_ONCE);

    assertThat(sequences(chunks(1 << 20), 20, 23)).containsExactly(20L, 21L, 22L, 23L);
    assertThat(sequences(chunks(1 << 20), -5, 0)).containsExactly(0L);
  }

  @Test
  void findsNothingOfAnUnknownStream() {
    produce(Timestamps.LIVE);

    assertThat(chunks(1 << 20).open("nobody", NOON, NOON.plusSeconds(60))).isEmpty();
  }

  @Test
  void reportsThatEarlierChunksExpired() throws Exception {
    produce(Timestamps.AT_ONCE);
    try (Admin admin = Admin.create(kafka)) {
      TopicPartition partition = partitionOf("cam");
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(20))).all().get();
    }

    assertThat(sequences(chunks(1 << 20), 0, 60)).doesNotContain(0L).contains(29L);
    try (ChunkCursor cursor =
        chunks(1 << 20).open("cam", NOON, NOON.plusSeconds(60)).orElseThrow()) {
      assertThat(cursor.earlierExpired()).isTrue();
    }
  }

  private TopicPartition partitionOf(String stream) {
    try (ChunkCursor cursor =
        chunks(1 << 20).open(stream, NOON, NOON.plusSeconds(60)).orElseThrow()) {
      return new TopicPartition(topic, cursor.next().orElseThrow().origin().partition());
    }
  }

  @Test
  void stopsAtTheReadLimit() {
    produce(Timestamps.AT_ONCE);

    assertThatThrownBy(() -> sequences(chunks(50), 0, 30))
        .isInstanceOf(TooMuchToReadException.class)
        .hasMessageContaining("stopped at the limit of 50 bytes");
  }
}
