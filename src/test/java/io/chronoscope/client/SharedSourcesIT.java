package io.chronoscope.client;

import static io.chronoscope.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.live.LiveSources;
import io.chronoscope.live.SourceAddress;
import io.chronoscope.live.SourceEvent;
import io.chronoscope.live.SourceState;
import io.chronoscope.live.SourceStatus;
import io.chronoscope.live.TimeSource;
import io.chronoscope.testing.TestMedia;
import io.chronoscope.tracing.SendTraces;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Instances that are all told to read the same directories, into which a recorder writes.
class SharedSourcesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant FIRST = Instant.parse("2026-05-04T12:00:00Z");
  private static final String GROUP = "shared";

  /// They lie on different partitions.
  private static final List<String> STREAMS = List.of("gate", "yard", "dock", "ramp");

  private static EmbeddedBroker broker;
  private static byte[] video;

  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private TopicNames names = TopicNames.DEFAULT;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    video = TestMedia.video().codec("libopenh264").container("mp4").frames(25).group(25).bytes();
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void useTopicsOfTheTestsOwn() throws Exception {
    String prefix = directory.getFileName() + ".";
    names = TopicNames.DEFAULT.renamed(name -> prefix + name);
    Topics.ensure(kafka(), names);
    for (String stream : STREAMS) {
      Files.createDirectories(directory.resolve(stream));
    }
  }

  @AfterEach
  void closeInstances() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  /// An instance, with a spool of its own.
  private final class Instance implements AutoCloseable {

    private final List<SourceEvent> events = new CopyOnWriteArrayList<>();
    private final Stallable members;
    private final SharedSources sources;

    Instance(String name) {
      Map<String, Object> properties =
          ConsumerSettings.inGroup(kafka(), directory.getFileName() + GROUP);
      properties.put("session.timeout.ms", 6000);
      properties.put("max.poll.interval.ms", 6000);
      this.members = new Stallable(properties);
      this.sources =
          SharedSources.start(
              STREAMS.stream().map(SharedSourcesIT.this::plan).toList(),
              new LiveSources.Settings(
                  directory.resolve(name),
                  1 << 30,
                  Duration.ofMillis(200),
                  Duration.ofSeconds(1),
                  TimeSource.SOURCE),
              members,
              names.of(Topic.CHUNKS),
              (stream, partition) ->
                  new OwnedChunkSink(
                      kafka(),
                      directory.getFileName() + GROUP,
                      partition,
                      stream,
                      URI.create("/" + name),
                      SendTraces.NONE),
              LiveSources.Media.IN_PROCESS,
              InstantSource.system(),
              events::add);
      opened.add(this);
    }

    Set<String> read() {
      return sources.read();
    }

    @Override
    public void close() {
      members.proceed();
      sources.close();
    }
  }

  /// A member that can stop to take part, as a process does that is suspended or collects garbage.
  private static final class Stallable extends KafkaConsumer<byte[], byte[]> {

    private volatile CountDownLatch running = new CountDownLatch(0);

    Stallable(Map<String, Object> properties) {
      super(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    void stall() {
      running = new CountDownLatch(1);
    }

    void proceed() {
      running.countDown();
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      try {
        running.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return super.poll(timeout);
    }
  }

  @Test
  void eachSourceIsReadByOneInstanceAndHandedOver() throws Exception {
    STREAMS.forEach(stream -> record(stream, 0));
    Instance one = new Instance("one");
    until(() -> one.read().size() == 4 && chunks().size() == 4);
    Instance other = new Instance("other");
    until(() -> one.read().size() == 2 && other.read().size() == 2);
    STREAMS.forEach(stream -> record(stream, 1));
    until(() -> chunks().size() == 8);

    assertThat(other.read()).doesNotContainAnyElementsOf(one.read());
    assertThat(one.sources.status())
        .filteredOn(status -> other.read().contains(status.stream()))
        .extracting(SourceStatus::state)
        .containsOnly(new SourceState.Elsewhere());

    one.close();
    until(() -> other.read().size() == 4);
    STREAMS.forEach(stream -> record(stream, 2));
    until(() -> chunks().size() == 12);

    assertEachOnce(3);
  }

  @Test
  void anInstanceThatLostItsSourcesWithoutNoticingGetsNothingIntoKafka() throws Exception {
    STREAMS.forEach(stream -> record(stream, 0));
    Instance stalled = new Instance("stalled");
    until(() -> chunks().size() == 4);
    stalled.members.stall();
    Instance other = new Instance("other");
    until(() -> other.read().size() == 4);
    // Both read this one.
    STREAMS.forEach(stream -> record(stream, 1));
    until(() -> chunks().size() == 8);
    until(() ->
        stalled.events.stream()
                .filter(one ->
                    one instanceof SourceEvent.Held held
                        && held.reason().contains("another instance reads the source"))
                .count()
            == 4);
    assertEachOnce(2);

    other.close();
    stalled.members.proceed();
    until(() -> stalled.read().size() == 4);
    STREAMS.forEach(stream -> record(stream, 2));
    until(() -> chunks().size() == 12);

    assertEachOnce(3);
    assertThat(stalled.events)
        .anyMatch(one ->
            one instanceof SourceEvent.Dropped dropped
                && dropped.reason().contains("another instance has read the source since"));
  }

  /// Every file of every source is there once, in order and under numbers that increase.
  private void assertEachOnce(int files) {
    Map<String, List<Chunk>> byStream = new HashMap<>();
    chunks()
        .forEach(one -> byStream.computeIfAbsent(one.stream(), key -> new ArrayList<>()).add(one));
    assertThat(byStream.keySet()).containsExactlyInAnyOrderElementsOf(STREAMS);
    byStream.forEach((stream, chunks) -> {
      List<Instant> starts = new ArrayList<>();
      for (int file = 0; file < files; file++) {
        starts.add(FIRST.plusSeconds(file));
      }
      assertThat(chunks).as(stream).extracting(Chunk::start).isEqualTo(starts);
      assertThat(chunks).as(stream).extracting(Chunk::number).doesNotHaveDuplicates().isSorted();
    });
  }

  /// What readers of committed records see.
  private record Chunk(String stream, Instant start, long number) {}

  private List<Chunk> chunks() {
    List<Chunk> chunks = new ArrayList<>();
    try (TopicReader reader =
        new TopicReader(kafka(), List.of(names.of(Topic.CHUNKS)), ResultReader.From.BEGINNING)) {
      reader.readToEnd(record -> chunks.add(chunk(record)));
    }
    return chunks;
  }

  private static Chunk chunk(ConsumerRecord<byte[], byte[]> record) {
    return new Chunk(
        new String(record.key(), StandardCharsets.UTF_8),
        Instant.parse(header(record, "ce_time")),
        Long.parseLong(header(record, "ce_sequence")));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /// A second of video; files appear whole.
  private void record(String stream, int number) {
    Path file = directory.resolve(stream).resolve(number + ".mp4");
    Path unfinished = directory.resolve(stream + number + ".part");
    try {
      Files.write(unfinished, video);
      Files.setLastModifiedTime(unfinished, FileTime.from(FIRST.plusSeconds(number + 1)));
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LiveSources.Plan plan(String stream) {
    return new LiveSources.Plan(
        stream,
        SourceAddress.parse(directory.resolve(stream).toString()),
        Optional.empty(),
        new LiveSettings(Duration.ofSeconds(4), PATIENCE, 1 << 24, Treatment.COPY));
  }

  private static Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }
}
