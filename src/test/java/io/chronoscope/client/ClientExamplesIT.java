package io.chronoscope.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.testing.Samples;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.ResultJson;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;

/// The examples in `docs/examples`, with Kafka clients of several versions, each in a class loader
/// of its own.
class ClientExamplesIT {

  /// The build copies the clients here.
  private static final Path CLIENTS = Path.of("target/kafka-clients");

  private static final TopicNames NAMES = TopicNames.DEFAULT;
  private static final ResultEnvelope ENVELOPE = new ResultEnvelope(NAMES, URI.create("/test"));
  private static final int PARTITIONS = 4;

  @TempDir static Path folder;

  private static EmbeddedBroker broker;
  private static Map<String, Object> kafka;

  static List<Path> clients() throws Exception {
    List<Path> clients = new ArrayList<>();
    try (Stream<Path> copied = Files.list(CLIENTS)) {
      copied.sorted().forEach(clients::add);
    }
    assertThat(clients).as("other versions of the client").hasSizeGreaterThan(1);
    clients.add(library(KafkaProducer.class));
    return clients;
  }

  /// The jar that a class comes from.
  private static Path library(Class<?> one) {
    try {
      return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.in(folder.resolve("kafka"), 0));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, NAMES);
    publish();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  /// Two events of which one is withdrawn, and one in a transaction that is aborted.
  private static void publish() {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "test");
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, Samples.event("evt-stays", 1, "yard"));
      send(producer, Samples.event("evt-stays", 2, "yard"));
      send(producer, Samples.event("evt-goes", 1, "yard"));
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, withdrawn("evt-goes"));
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, Samples.event("evt-aborted", 1, "yard"));
      producer.abortTransaction();
    }
  }

  private static void send(KafkaProducer<String, byte[]> producer, Result result) {
    producer.send(ENVELOPE.write(result, PARTITIONS));
    ENVELOPE.tombstone(result, PARTITIONS).ifPresent(producer::send);
  }

  private static VideoEvent withdrawn(String id) {
    VideoEvent event = Samples.event(id, 2, "yard");
    return new VideoEvent(
        id,
        2,
        Status.WITHDRAWN,
        event.stream(),
        event.span(),
        event.toleranceMs(),
        event.description(),
        event.provenance(),
        event.chunks());
  }

  @ParameterizedTest
  @MethodSource("clients")
  void consumerKeepsTheValidEvents(Path client) throws Exception {
    try (URLClassLoader loader = compiled(client, "ConsumeEvents")) {
      Object table = call(loader, "ConsumeEvents", "table", broker.bootstrapServers());

      assertThat(table)
          .isInstanceOfSatisfying(
              Map.class,
              valid -> {
                assertThat(valid.keySet()).isEqualTo(Set.of("evt-stays"));
                assertThat(valid.get("evt-stays"))
                    .isEqualTo(ResultJson.write(Samples.event("evt-stays", 2, "yard")).toString());
              });
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void producerSendsAChunkThatTheServiceReads(Path client) throws Exception {
    String stream = "cam-" + client.getFileName();
    Instant start = Instant.parse("2026-05-04T12:00:00Z");
    byte[] media = {1, 2, 3};
    try (URLClassLoader loader = compiled(client, "SendChunk")) {
      call(loader, "SendChunk", "send", broker.bootstrapServers(), stream, 7L, start, media);
    }

    List<StreamInput> sent = new ArrayList<>();
    ChunkEnvelope envelope = new ChunkEnvelope(1000);
    TopicReader.readWhole(
        kafka,
        NAMES.of(Topic.CHUNKS),
        record -> {
          try {
            sent.add(envelope.read(record));
          } catch (ChunkEnvelope.NoStreamException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(sent)
        .filteredOn(one -> one.stream().equals(stream))
        .singleElement()
        .isInstanceOfSatisfying(
            StreamInput.Chunk.class,
            chunk -> {
              assertThat(chunk.declaredStart()).contains(start);
              assertThat(chunk.sequence()).hasValue(7);
            });
  }

  /// Calls the method of this name.
  private static @Nullable Object call(
      ClassLoader loader, String example, String method, Object... arguments) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // The client loads classes by it.
    thread.setContextClassLoader(loader);
    try {
      return Arrays.stream(loader.loadClass(example).getMethods())
          .filter(one -> one.getName().equals(method))
          .findFirst()
          .orElseThrow()
          .invoke(null, arguments);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /// Sees the JDK, one version of the client with what it needs, and one example.
  private static URLClassLoader compiled(Path client, String example) throws Exception {
    Path classes = Files.createTempDirectory(folder, example);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter problems = new StringWriter();
    assertThat(
            compiler
                .getTask(
                    problems,
                    null,
                    null,
                    List.of("-proc:none", "-d", classes.toString(), "-cp", client.toString()),
                    null,
                    compiler
                        .getStandardFileManager(null, null, null)
                        .getJavaFileObjects(Path.of("docs/examples", example + ".java")))
                .call())
        .as("%s with %s: %s", example, client, problems)
        .isTrue();
    List<URL> urls = new ArrayList<>();
    for (Path one : List.of(classes, client, library(Logger.class))) {
      urls.add(one.toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
