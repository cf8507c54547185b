package io.chronoscope.messaging.chunk;

import static io.chronoscope.testing.Await.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.Intake;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.From;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.Topics;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.delivery.CommitProducers;
import io.chronoscope.testing.MessagingInstance;
import io.chronoscope.testing.WordPairAnalysis;
import io.chronoscope.wire.ChunkRecords;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class StreamsOverKafkaIT {

  private static final int CHUNKS = 12;
  private static final List<String> STREAMS = List.of("north", "south", "east", "west", "roof");
  private static final ScheduledExecutorService SCHEDULER = Executors.newScheduledThreadPool(2);
  private static final AtomicInteger RUN = new AtomicInteger();

  private static EmbeddedBroker broker;
  private static Admin admin;
  private final List<WordPairAnalysis> analyses = new CopyOnWriteArrayList<>();
  private TopicNames names;
  private Map<String, Object> kafka;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  @AfterAll
  static void stopBroker() {
    admin.close();
    broker.close();
    SCHEDULER.shutdownNow();
  }

  @BeforeEach
  void freshTopics() {
    int run = RUN.incrementAndGet();
    names = TopicNames.DEFAULT.renamed(name -> name + run);
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, names);
  }

  @Nested
  class Consuming {

    @Test
    void keepsTheOrderOfEachStreamAndCommitsToTheEnd() throws Exception {
      publishAll();
      try (MessagingInstance instance = instance(Duration.ZERO)) {
        until(() -> committed().equals(ends()));
        assertThat(instance.failure().reason()).isEmpty();
      }
      assertThat(read()).containsExactlyInAnyOrderElementsOf(expected());
      for (String stream : STREAMS) {
        assertThat(sequences(analyses.getFirst(), stream))
            .isEqualTo(IntStream.range(0, CHUNKS).mapToObj(i -> (long) i).toList());
        assertThat(
                read().stream()
                    .filter(VideoEvent.class::isInstance)
                    .filter(result -> result.stream().equals(stream))
                    .map(result -> ((VideoEvent) result).startOffsetMs())
                    .toList())
            .isSorted();
      }
      assertThat(StateReader.from(kafka, names.of(Topic.STATE)).read(Set.of(0, 1, 2, 3))).isEmpty();
    }

    @Test
    void pausesWhileTheAnalysisHasNoRoom() throws Exception {
      publishAll();
      CompletableFuture<Void> room = new CompletableFuture<>();
      try (MessagingInstance instance =
          instance(sink -> {
            WordPairAnalysis analysis = analysis(sink, Duration.ZERO);
            analysis.room = room;
            return analysis;
          })) {
        WordPairAnalysis analysis = analyses.getFirst();
        until(() -> analysis.offered.size() == 1);
        // Polling continues meanwhile; leave time for a wrong offer.
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        assertThat(analysis.offered).hasSize(1);
        analysis.room = CompletableFuture.completedFuture(null);
        room.complete(null);
        until(() -> committed().equals(ends()));
        assertThat(instance.failure().reason()).isEmpty();
      }
      assertThat(results()).containsExactlyInAnyOrderElementsOf(expected());
    }

    @Test
    void rejectsInvalidRecordsAndContinues() throws Exception {
      try (KafkaProducer<String, byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 1 << 22),
              new StringSerializer(),
              new ByteArraySerializer())) {
        producer
            .send(new ProducerRecord<>(names.of(Topic.CHUNKS), 0, null, "no key".getBytes(UTF_8)))
            .get();
        producer.send(new ProducerRecord<>(names.of(Topic.CHUNKS), 0, "empty", new byte[0])).get();
        producer
            .send(new ProducerRecord<>(names.of(Topic.CHUNKS), 1, "large", new byte[(1 << 20) + 1]))
            .get();
        producer.send(headed("version", "ce_specversion", "2.0")).get();
        producer.send(headed("type", "ce_type", "t".repeat(2_000_000))).get();
        producer.send(headed("time", "ce_time", "+999999999-01-01T00:00:00Z")).get();
        producer
            .send(new ProducerRecord<>(names.of(Topic.CHUNKS), 2, "k".repeat(100_000), new byte[1]))
            .get();
      }
      publishAll();
      int partition = partition("north");
      try (KafkaProducer<String, byte[]> producer =
          new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
        producer.send(new ProducerRecord<>(names.of(Topic.CHUNKS), partition, "ghost", null)).get();
      }
      try (MessagingInstance instance = instance(Duration.ZERO)) {
        until(() -> committed().equals(ends()));
        assertThat(instance.failure().reason()).isEmpty();
      }
      assertThat(
              results().stream()
                  .filter(r -> !(r instanceof DeadLetter))
                  .collect(Collectors.toSet()))
          .isEqualTo(Set.copyOf(expectedAt(origins())));
      Map<String, DeadLetter> letters = new LinkedHashMap<>();
      read().stream()
          .filter(DeadLetter.class::isInstance)
          .map(DeadLetter.class::cast)
          .forEach(letter -> letters.put(letter.stream(), letter));
      assertThat(letters.keySet())
          .containsExactlyInAnyOrder(
              names.of(Topic.CHUNKS) + "-0",
              names.of(Topic.CHUNKS) + "-2",
              "empty",
              "large",
              "ghost",
              "version",
              "type",
              "time");
      assertThat(letters.get("version").rejection().detail())
          .contains("ce_specversion names CloudEvents version 2.0; only 1.0 is read");
      assertThat(letters.get("time").rejection().reason()).isEqualTo(Reason.BAD_TIME);
      assertThat(letters.get(names.of(Topic.CHUNKS) + "-2").rejection().detail())
          .contains("100000 bytes");
      assertThat(letters.get(names.of(Topic.CHUNKS) + "-0").origin())
          .isEqualTo(new ChunkOrigin(names.of(Topic.CHUNKS), 0, 0));
      assertThat(letters.get(names.of(Topic.CHUNKS) + "-0").rejection().reason())
          .isEqualTo(Reason.BAD_ENVELOPE);
      assertThat(letters.get("empty").rejection().reason()).isEqualTo(Reason.EMPTY);
      assertThat(letters.get("large").rejection().reason()).isEqualTo(Reason.TOO_LARGE);
      try (ResultReader reader =
          new ResultReader(kafka, List.of(names.of(Topic.DEAD_LETTERS)), From.BEGINNING)) {
        reader.readToEnd(read -> {
          var json = ((Read.Published) read).json();
          assertThat(json.has("recordTime")).isTrue();
          assertThat(json.has("sizeBytes")).isTrue();
        });
      }
    }

    @Test
    void failsForGoodWhenAStateIsMalformed() throws Exception {
      try (KafkaProducer<String, byte[]> producer =
          new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
        producer
            .send(
                new ProducerRecord<>(
                    names.of(Topic.STATE), 1, "north", "{\"stream\":1}".getBytes(UTF_8)))
            .get();
      }
      publishAll();
      try (MessagingInstance instance = instance(Duration.ZERO)) {
        until(() -> instance.failure().reason().isPresent());
        assertThat(instance.failure().reason().get())
            .contains("state of stream north", names.of(Topic.STATE) + "/1@0");
      }
      assertThat(read()).isEmpty();
    }
  }

  @Nested
  class Crashes {

    @ParameterizedTest
    @EnumSource(DeliveryGuarantee.class)
    void publishesTheSameResultsWhenKilledAndRestarted(DeliveryGuarantee guarantee)
        throws Exception {
      MessagingInstance.Options options = MessagingInstance.Options.DEFAULT.with(guarantee);
      long seed = System.nanoTime();
      System.out.println("seed " + seed);
      Random random = new Random(seed);
      publishAll();
      int kills = 0;
      for (int life = 0; life < 8 && !committed().equals(ends()); life++) {
        MessagingInstance instance = instance(options, Duration.ofMillis(40));
        int seen = analyses.getLast().offered.size() + 1 + random.nextInt(14);
        WordPairAnalysis analysis = analyses.getLast();
        until(() -> analysis.offered.size() >= seen || committed().equals(ends()));
        if (life == 0) {
          // Otherwise every run may be too short for any state to resume from.
          until(() ->
              !StateReader.from(kafka, names.of(Topic.STATE)).read(Set.of(0, 1, 2, 3)).isEmpty());
        }
        instance.kill();
        kills++;
      }
      try (MessagingInstance instance = instance(options, Duration.ZERO)) {
        until(() -> committed().equals(ends()));
        assertThat(instance.failure().reason()).isEmpty();
      }
      assertThat(kills).isGreaterThan(2);
      assertThat(analyses.stream().mapToInt(a -> a.resumed.size()).sum()).isPositive();
      switch (guarantee) {
        case EXACTLY_ONCE -> assertThat(read()).containsExactlyInAnyOrderElementsOf(expected());
        case AT_LEAST_ONCE -> assertThat(results()).containsExactlyInAnyOrderElementsOf(expected());
      }
    }

    @Test
    void hidesRecordsThatWereSentButNotCommitted() throws Exception {
      publishAll();
      CompletableFuture<Void> sent = new CompletableFuture<>();
      AtomicInteger commits = new AtomicInteger();
      MessagingInstance first =
          instance(
              MessagingInstance.Options.DEFAULT.beforeCommit(() -> {
                if (commits.incrementAndGet() > 5) {
                  sent.complete(null);
                  LockSupport.park();
                }
              }),
              Duration.ZERO);
      sent.get(60, TimeUnit.SECONDS);
      first.kill();
      assertThat(uncommitted()).isGreaterThan(read().size());
      try (MessagingInstance second = instance(Duration.ZERO)) {
        until(() -> committed().equals(ends()));
        assertThat(second.failure().reason()).isEmpty();
      }
      assertThat(read()).containsExactlyInAnyOrderElementsOf(expected());
    }
  }

  @Nested
  class Rebalances {

    @Test
    void resumesStreamsWhereTheirPartitionsMove() throws Exception {
      try (MessagingInstance first = instance(Duration.ZERO)) {
        publish(0, CHUNKS / 2, false);
        until(() -> analyses.getFirst().offered.size() == STREAMS.size() * CHUNKS / 2);
        until(() -> first.offsets().outstanding() == STREAMS.size());
        try (MessagingInstance second = instance(Duration.ZERO)) {
          until(() ->
              first.offsets().committable().size() == 2
                  && second.offsets().committable().size() == 2);
          publish(CHUNKS / 2, CHUNKS, true);
          until(() -> committed().equals(ends()));
          assertThat(first.failure().reason()).isEmpty();
          assertThat(second.failure().reason()).isEmpty();
        }
      }
      WordPairAnalysis second = analyses.get(1);
      assertThat(second.resumed).isNotEmpty();
      // Processed chunks are not offered again: each stream resumes with the chunk that its state
      // names.
      for (String stream : second.resumed) {
        assertThat(sequences(second, stream).getFirst()).isEqualTo(CHUNKS / 2 - 1);
      }
      assertThat(results()).containsExactlyInAnyOrderElementsOf(expected());
      assertThat(read()).hasSize(expected().size());
    }

    @Test
    void sharesPartitionsUnderTheNewerGroupProtocol() throws Exception {
      MessagingInstance.Options newer =
          MessagingInstance.Options.DEFAULT.with(Map.of("group.protocol", "consumer"));
      try (MessagingInstance first = instance(newer, Duration.ZERO)) {
        publish(0, CHUNKS / 2, false);
        until(() -> first.offsets().outstanding() == STREAMS.size());
        try (MessagingInstance second = instance(newer, Duration.ZERO)) {
          until(() ->
              first.offsets().committable().size() == 2
                  && second.offsets().committable().size() == 2);
          publish(CHUNKS / 2, CHUNKS, true);
          until(() -> committed().equals(ends()));
          assertThat(first.failure().reason()).isEmpty();
          assertThat(second.failure().reason()).isEmpty();
        }
      }
      assertThat(read()).containsExactlyInAnyOrderElementsOf(expected());
    }

    @Test
    void fencesAnInstanceThatWasSuspendedDuringATakeover() throws Exception {
      List<Runnable> held = new CopyOnWriteArrayList<>();
      AtomicBoolean hold = new AtomicBoolean();
      MessagingInstance.Options withShortPollInterval =
          MessagingInstance.Options.DEFAULT.with(Map.of("max.poll.interval.ms", 3000));
      try (MessagingInstance zombie =
          new MessagingInstance(
              broker.bootstrapServers(),
              names,
              withShortPollInterval,
              sink -> {
                WordPairAnalysis analysis =
                    new WordPairAnalysis(
                        sink,
                        task -> {
                          if (hold.get()) {
                            held.add(task);
                          } else {
                            SCHEDULER.execute(task);
                          }
                        });
                analyses.add(analysis);
                return analysis;
              })) {
        publish(0, CHUNKS / 2, false);
        until(() -> zombie.offsets().outstanding() == STREAMS.size());
        hold.set(true);
        publish(CHUNKS / 2, CHUNKS, true);
        until(() -> held.size() == STREAMS.size());
        zombie.suspend();
        try (MessagingInstance second = instance(Duration.ZERO)) {
          until(() -> committed().equals(ends()));
          hold.set(false);
          held.forEach(SCHEDULER::execute);
          until(() -> zombie.fenced() == partitionsWithStreams());
          zombie.resume();
          until(() ->
              zombie.offsets().committable().size() == 2
                  && second.offsets().committable().size() == 2);
          assertThat(zombie.failure().reason()).isEmpty();
          assertThat(second.failure().reason()).isEmpty();
        }
      }
      assertThat(read()).containsExactlyInAnyOrderElementsOf(expected());
    }

    @Test
    void failsForGoodWhenAnotherWriterKeepsAPartition() throws Exception {
      publish(0, 2, false);
      try (MessagingInstance instance = instance(Duration.ZERO)) {
        until(() -> instance.offsets().outstanding() == STREAMS.size());
        for (int partition = 0; partition < 4; partition++) {
          try (Producer<String, byte[]> other =
              CommitProducers.transactional(
                  kafka,
                  MessagingInstance.GROUP,
                  new TopicPartition(names.of(Topic.CHUNKS), partition))) {
            other.initTransactions();
          }
        }
        publish(2, 3, false);
        until(() -> instance.failure().reason().isPresent());
        assertThat(instance.failure().reason().get())
            .contains(names.of(Topic.CHUNKS), "another instance writes");
      }
    }
  }

  /// A chunk with one invalid header.
  private ProducerRecord<String, byte[]> headed(String stream, String header, String value) {
    ProducerRecord<String, byte[]> record =
        ChunkRecords.chunk(
            names.of(Topic.CHUNKS),
            URI.create("/test"),
            stream,
            0,
            Instant.EPOCH,
            Duration.ofSeconds(1),
            "video/mp4",
            new byte[1]);
    record.headers().remove(header).add(header, value.getBytes(UTF_8));
    return record;
  }

  private MessagingInstance instance(Duration commitDelay) {
    return instance(MessagingInstance.Options.DEFAULT, commitDelay);
  }

  private MessagingInstance instance(MessagingInstance.Options options, Duration commitDelay) {
    return new MessagingInstance(
        broker.bootstrapServers(), names, options, sink -> analysis(sink, commitDelay));
  }

  private MessagingInstance instance(Function<CommitSink, Intake> analysis) {
    return new MessagingInstance(
        broker.bootstrapServers(), names, MessagingInstance.Options.DEFAULT, analysis);
  }

  private WordPairAnalysis analysis(CommitSink sink, Duration delay) {
    WordPairAnalysis analysis =
        new WordPairAnalysis(
            sink, task -> SCHEDULER.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS));
    analyses.add(analysis);
    return analysis;
  }

  private void publishAll() {
    publish(0, CHUNKS, true);
  }

  private void publish(int from, int until, boolean end) {
    try (ChunkPublisher publisher =
        new ChunkPublisher(kafka, names.of(Topic.CHUNKS), URI.create("/test"))) {
      for (int i = from; i < until; i++) {
        for (String stream : STREAMS) {
          publisher.publish(
              stream,
              i,
              WordPairAnalysis.START.plusSeconds(i),
              Duration.ofSeconds(1),
              "text/plain",
              (stream + i).getBytes(UTF_8));
        }
      }
      if (end) {
        STREAMS.forEach(publisher::end);
      }
    }
  }

  /// Results of a run without failures.
  private List<Result> expected() throws Exception {
    return expectedAt(origins());
  }

  private List<Result> expectedAt(Map<String, List<ChunkOrigin>> origins) {
    List<Result> results = new ArrayList<>();
    WordPairAnalysis uninterrupted =
        new WordPairAnalysis(
            commit -> {
              results.addAll(commit.results());
              return CompletableFuture.completedFuture(null);
            },
            Runnable::run);
    for (String stream : STREAMS) {
      List<ChunkOrigin> at = origins.get(stream);
      for (int i = 0; i < CHUNKS; i++) {
        uninterrupted.offer(
            new Chunk(
                stream,
                at.get(i),
                java.util.Optional.empty(),
                Instant.EPOCH,
                java.util.OptionalLong.of(i),
                java.util.Optional.empty(),
                UTF_8.encode(stream + i)));
      }
      uninterrupted.offer(new StreamInput.EndOfStream(stream, at.getLast()));
    }
    assertThat(results).hasSize(STREAMS.size() * CHUNKS);
    return results;
  }

  private Map<String, List<ChunkOrigin>> origins() {
    Map<String, List<ChunkOrigin>> origins = new LinkedHashMap<>();
    analyses.stream()
        .flatMap(analysis -> analysis.offered.stream())
        .filter(Chunk.class::isInstance)
        .map(StreamInput::origin)
        .distinct()
        .sorted(java.util.Comparator.comparingLong(ChunkOrigin::offset))
        .forEach(origin ->
            origins.computeIfAbsent(streamAt(origin), stream -> new ArrayList<>()).add(origin));
    return origins;
  }

  private String streamAt(ChunkOrigin origin) {
    return analyses.stream()
        .flatMap(analysis -> analysis.offered.stream())
        .filter(input -> input.origin().equals(origin))
        .findFirst()
        .orElseThrow()
        .stream();
  }

  private static int partition(String stream) {
    return org.apache.kafka.common.utils.Utils.toPositive(
            org.apache.kafka.common.utils.Utils.murmur2(stream.getBytes(UTF_8)))
        % 4;
  }

  private static List<Long> sequences(WordPairAnalysis analysis, String stream) {
    return analysis.offered.stream()
        .filter(input -> input.stream().equals(stream))
        .filter(Chunk.class::isInstance)
        .map(input -> ((Chunk) input).sequence().orElseThrow())
        .toList();
  }

  /// All results on the topics, including duplicates.
  private List<Result> read() {
    List<Result> results = new ArrayList<>();
    try (ResultReader reader =
        new ResultReader(
            kafka,
            List.of(
                names.of(Topic.EVENTS), names.of(Topic.SUMMARIES), names.of(Topic.DEAD_LETTERS)),
            From.BEGINNING)) {
      reader.readToEnd(read -> results.add(((Read.Published) read).result()));
    }
    return results;
  }

  /// Number of partitions with a stream.
  private static int partitionsWithStreams() {
    return (int) STREAMS.stream().map(StreamsOverKafkaIT::partition).distinct().count();
  }

  /// Number of records that a `read_uncommitted` consumer sees.
  private int uncommitted() {
    Map<TopicPartition, Long> ends = new LinkedHashMap<>();
    int seen = 0;
    try (KafkaConsumer<byte[], byte[]> reader =
        new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (String topic : List.of(names.of(Topic.EVENTS), names.of(Topic.SUMMARIES))) {
        reader
            .partitionsFor(topic)
            .forEach(p -> ends.put(new TopicPartition(topic, p.partition()), 0L));
      }
      reader.assign(ends.keySet());
      reader.seekToBeginning(ends.keySet());
      ends.putAll(reader.endOffsets(ends.keySet()));
      while (ends.entrySet().stream().anyMatch(e -> reader.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
          // Tombstones are no results.
          seen += record.value() == null ? 0 : 1;
        }
      }
    }
    return seen;
  }

  private Set<Result> results() {
    return Set.copyOf(read());
  }

  private Map<TopicPartition, Long> committed() {
    try {
      Map<TopicPartition, Long> committed = new LinkedHashMap<>();
      admin
          .listConsumerGroupOffsets(MessagingInstance.GROUP)
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach((partition, offset) -> {
            if (offset != null && partition.topic().equals(names.of(Topic.CHUNKS))) {
              committed.put(partition, offset.offset());
            }
          });
      return committed;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// End offsets of the partitions that have records.
  private Map<TopicPartition, Long> ends() {
    try {
      Map<TopicPartition, OffsetSpec> latest = new LinkedHashMap<>();
      for (int p = 0; p < 4; p++) {
        latest.put(new TopicPartition(names.of(Topic.CHUNKS), p), OffsetSpec.latest());
      }
      Map<TopicPartition, Long> ends = new LinkedHashMap<>();
      admin
          .listOffsets(latest)
          .all()
          .get()
          .forEach((partition, end) -> {
            if (end.offset() > 0) {
              ends.put(partition, end.offset());
            }
          });
      return ends;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
