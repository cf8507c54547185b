package io.chronoscope.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.claimcheck.MediaUploader;
import io.chronoscope.claimcheck.ReferenceSettings;
import io.chronoscope.cli.Commands;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ConsumerSettings;
import io.chronoscope.client.Topics;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Sha256;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.messaging.delivery.RecordedStates;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.ChunkRecords;
import io.chronoscope.wire.RecordedRecord;
import io.chronoscope.wire.RecordedRecord.From;
import io.chronoscope.wire.RecordedSamples;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Makes the recordings in `src/test/resources/recorded`; no test of its own. The packaged service
/// (build it first) works on the sample videos and on much that is wrong, with an embedded broker,
/// and a consumer takes down what the program wrote on its topics.
///
/// ```sh
/// ./mvnw -o -q -Dquick -DskipTests package
/// ./mvnw -o -q -Dquick -Dtest=RecordTopics -Drecord=true test     # everything anew
/// ./mvnw -o -q -Dquick -Dtest=RecordTopics -Drecord=samples test   # keeps what the service wrote
/// ```
///
/// Record anew only when what lies on the topics is meant to change: what was recorded is what the
/// program of before wrote.
@EnabledIfSystemProperty(named = "record", matches = "true|samples")
class RecordTopics {

  private static final TopicNames TOPICS = TopicNames.DEFAULT;
  private static final URI SOURCE = URI.create("/chronoscope/produce");
  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");
  private static final Duration CHUNK = Duration.ofSeconds(4);
  private static final Path SAMPLES = PackagedProgram.HOME.resolve("video-samples");
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String ODD_STREAM = "Tor \"Süd\" \\ 门 \uD83C\uDFA5";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<ConsumerRecord<byte[], byte[]>> seen = new CopyOnWriteArrayList<>();

  /// Records that the program did not write.
  private final Set<ChunkOrigin> foreign = ConcurrentHashMap.newKeySet();

  private final Set<ChunkOrigin> redriven = ConcurrentHashMap.newKeySet();

  @AutoClose private final RestoredSettings settings = new RestoredSettings();
  private volatile boolean enough;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void recordsWhatIsWrittenToTheTopics() throws Exception {
    List<RecordedRecord> written = new ArrayList<>();
    if (System.getProperty("record", "").equals("samples")) {
      topics().forEach(topic -> written.addAll(RecordedRecord.of(topic)));
      written.removeIf(record -> record.from() == From.SAMPLE);
    } else {
      run();
      for (ConsumerRecord<byte[], byte[]> record : seen) {
        ChunkOrigin at = new ChunkOrigin(record.topic(), record.partition(), record.offset());
        if (!foreign.contains(at)) {
          written.add(RecordedRecord.ofRun(record, redriven.contains(at)));
        }
      }
    }
    Map<String, List<RecordedRecord>> records = new TreeMap<>();
    chosen(written).forEach(record -> add(records, record));
    RecordedSamples.all().forEach(record -> add(records, record));
    RecordedStates.samples().forEach(record -> add(records, record));
    write(records);
  }

  private static void add(Map<String, List<RecordedRecord>> records, RecordedRecord record) {
    records.computeIfAbsent(record.record().topic(), topic -> new ArrayList<>()).add(record);
  }

  private static void write(Map<String, List<RecordedRecord>> records) throws Exception {
    Files.createDirectories(RecordedRecord.FOLDER);
    List<String> digests = new ArrayList<>();
    for (Map.Entry<String, List<RecordedRecord>> one : records.entrySet()) {
      StringBuilder text = new StringBuilder();
      one.getValue().forEach(record -> text.append(record.line()).append('\n'));
      byte[] bytes = text.toString().getBytes(UTF_8);
      String name = one.getKey() + ".jsonl";
      Files.write(RecordedRecord.FOLDER.resolve(name), bytes);
      digests.add(Sha256.hex(bytes) + "  " + name);
      System.out.printf("%s: %d records, %d bytes%n", name, one.getValue().size(), bytes.length);
    }
    digests.sort(java.util.Comparator.comparing(digest -> digest.substring(66)));
    Files.writeString(
        RecordedRecord.FOLDER.resolve("SHA256SUMS"), String.join("\n", digests) + "\n");
  }

  private static List<String> topics() {
    return List.of(
        TOPICS.of(Topic.CHUNKS),
        TOPICS.of(Topic.EVENTS),
        TOPICS.of(Topic.SUMMARIES),
        TOPICS.of(Topic.DEAD_LETTERS),
        TOPICS.of(Topic.STATE),
        TOPICS.of(Topic.RULES),
        TOPICS.of(Topic.ALERTS),
        TOPICS.of(Topic.QUESTIONS),
        TOPICS.of(Topic.ANSWERS));
  }

  /// A few of each kind, in their order on the partitions.
  private static List<RecordedRecord> chosen(List<RecordedRecord> written) {
    Map<String, Integer> kinds = new HashMap<>();
    return written.stream()
        .filter(record -> {
          // States are large.
          int most = record.record().topic().equals(TOPICS.of(Topic.STATE)) ? 1 : 2;
          return kinds.merge(kind(record.record()), 1, Integer::sum) <= most;
        })
        .toList();
  }

  private static String kind(ConsumerRecord<byte[], byte[]> record) {
    Set<String> traits = new TreeSet<>();
    traits.add(record.topic());
    // States are alike for all streams.
    if (!record.topic().equals(TOPICS.of(Topic.STATE))) {
      traits.add("of " + subject(record));
    }
    for (Header header : record.headers()) {
      traits.add(header.key().equals("ce_type") ? new String(header.value(), UTF_8) : header.key());
    }
    if (record.value() == null) {
      traits.add("no value");
    } else if (!record.topic().equals(TOPICS.of(Topic.CHUNKS))) {
      try {
        shape("", JSON.readTree(record.value()), traits);
      } catch (java.io.IOException e) {
        traits.add("no JSON");
      }
    }
    return traits.toString();
  }

  private static String subject(ConsumerRecord<byte[], byte[]> record) {
    Header subject = record.headers().lastHeader("ce_subject");
    return subject == null ? "" : new String(subject.value(), UTF_8);
  }

  /// Which fields there are, of what type, and the constants among their values.
  private static void shape(String path, JsonNode node, Set<String> traits) {
    if (node.isObject()) {
      node.properties()
          .forEach(field -> shape(path + "." + field.getKey(), field.getValue(), traits));
    } else if (node.isArray()) {
      traits.add(path + (node.isEmpty() ? " is empty" : " has some"));
      node.forEach(element -> shape(path + "[]", element, traits));
    } else if (path.matches(".*\\.(status|level|cause|reason|phase|begun|unreadable)")) {
      traits.add(path + " " + node.asText());
    } else {
      traits.add(path + " " + node.getNodeType());
    }
  }

  // The run.

  private void run() throws Exception {
    java.util.logging.Logger.getLogger("org.apache.kafka").setLevel(java.util.logging.Level.SEVERE);
    Path root = Files.createDirectory(folder.resolve("root"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      String servers = broker.bootstrapServers();
      System.setProperty("chronoscope.kafka.bootstrap-servers", servers);
      System.setProperty("chronoscope.references.roots", root.toString());
      Map<String, Object> kafka = Map.of("bootstrap.servers", servers);
      Topics.ensure(kafka, TOPICS);
      Thread reading = Thread.ofPlatform().daemon().start(() -> takeDown(kafka));
      try (ChunkPublisher publisher = new ChunkPublisher(kafka, TOPICS.of(Topic.CHUNKS), SOURCE);
          KafkaProducer<String, byte[]> others =
              new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
        try (ServiceProcess service =
            service(
                servers,
                Map.of(
                    "CHRONOSCOPE_REFERENCES_ROOTS", root.toString(),
                    "CHRONOSCOPE_ORDERING_ALLOWED_LATENESS", "4s",
                    "CHRONOSCOPE_IDLE_TIMEOUT", "15s",
                    "CHRONOSCOPE_QUESTIONS_MAX_RANGE", "10m"))) {
          setRules(others);
          sendWhole();
          sendLate(publisher);
          sendClockThatJumps(publisher);
          sendRubbish(publisher, others);
          sendReferences(publisher, root);
          ask(others);
          rest(publisher);
          end(service);
        }
        // Too few tokens for an answer.
        try (ServiceProcess service = service(servers, Map.of("CHRONOSCOPE_MAX_NEW_TOKENS", "4"))) {
          produce("gate.mp4", "unanswered", false);
          awaitType("unanswered", "io.chronoscope.window.unanswered");
          awaitType("unanswered", "io.chronoscope.stream.ended");
          end(service);
        }
        // Too far behind to look at everything.
        try (ServiceProcess service =
            service(servers, Map.of("CHRONOSCOPE_SHEDDING_TARGET_LAG", "100ms"))) {
          produce("long.mp4", "behind", false);
          awaitType("behind", "io.chronoscope.stream.ended");
          end(service);
        }
        await(
            "marks are taken off",
            record -> record.topic().equals(TOPICS.of(Topic.STATE)) && record.value() == null);
      } finally {
        enough = true;
        reading.join();
      }
    }
  }

  private ServiceProcess service(String servers, Map<String, String> more) {
    return ServiceProcess.start(
        new ServiceProcess.Setup(servers, "chronoscope", TOPICS, more),
        folder.resolve("service.log"));
  }

  private static void end(ServiceProcess service) throws InterruptedException {
    assertThat(service.terminate(Duration.ofMinutes(1))).as(service.said()).isTrue();
  }

  private void setRules(KafkaProducer<String, byte[]> others) throws Exception {
    command("rules", "set", "any", "something appears", "--threshold", "0");
    command(
        "rules",
        "set",
        "tri",
        "a blue triangle appears",
        "--streams",
        "yard*",
        "--threshold",
        "0.7",
        "--cool-down",
        "1m30s",
        "--priority",
        "3");
    command("rules", "set", "rot 红 \uD83D\uDD34", "a \"red\" circle \\ 红色圆圈", "--priority", "-1");
    command("rules", "set", "gone", "a green cross appears");
    command("rules", "remove", "gone");
    foreign(
        others,
        new ProducerRecord<>(TOPICS.of(Topic.RULES), "bad", "{\"text\":5}".getBytes(UTF_8)));
    foreign(
        others, new ProducerRecord<>(TOPICS.of(Topic.RULES), "worse", "no JSON".getBytes(UTF_8)));
    awaitLetter("video.rules-0", "bad_rule");
    redrive("--all", "--reason", "bad_rule");
  }

  /// Streams as `produce` sends them.
  private void sendWhole() {
    for (String name : List.of("yard", "crossing", "dock", "empty", "long")) {
      produce(name + ".mp4", name, false);
    }
    produce("gate.mp4", ODD_STREAM, false);
    for (String stream : List.of("yard", "crossing", "dock", ODD_STREAM)) {
      awaitType(stream, "io.chronoscope.stream.ended");
    }
  }

  private void produce(String file, String stream, boolean byReference) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "produce",
                SAMPLES.resolve(file).toString(),
                "--stream",
                stream,
                "--start-time",
                NOON.toString()));
    if (byReference) {
      words.addAll(List.of("--by-reference", "file", "--no-end"));
    }
    command(words.toArray(String[]::new));
  }

  /// The second chunk comes when its absence was told already.
  private void sendLate(ChunkPublisher publisher) {
    List<MediaSegment> segments = FileFeed.cut(SAMPLES.resolve("yard.mp4"), CHUNK);
    for (MediaSegment segment : segments) {
      if (segment.index() != 1) {
        publish(publisher, "late", segment, NOON);
      }
    }
    awaitType("late", "io.chronoscope.gap");
    publish(publisher, "late", segments.get(1), NOON);
    awaitLetter("late", "late");
    redrive("--all", "--reason", "late");
    await(
        "the gap is withdrawn",
        record -> is(record, "late", "io.chronoscope.gap") && says(record, "status", "withdrawn"));
    at(publisher.end("late"));
    awaitType("late", "io.chronoscope.stream.ended");
  }

  private void sendClockThatJumps(ChunkPublisher publisher) {
    List<MediaSegment> segments = FileFeed.cut(SAMPLES.resolve("dock.mp4"), CHUNK);
    for (MediaSegment segment : segments) {
      Instant start =
          switch (segment.index()) {
            case 0 -> NOON;
            case 1, 2 -> NOON.plusSeconds(60);
            default -> NOON.minusSeconds(3600);
          };
      publish(publisher, "jumps", segment, start);
    }
    at(publisher.end("jumps"));
    awaitType("jumps", "io.chronoscope.stream.ended");
  }

  private void sendRubbish(ChunkPublisher publisher, KafkaProducer<String, byte[]> others)
      throws Exception {
    List<MediaSegment> segments = FileFeed.cut(SAMPLES.resolve("dock.mp4"), CHUNK);
    byte[] rubbish = "not really media".getBytes(UTF_8);
    for (MediaSegment segment : segments) {
      if (segment.index() == 1) {
        at(
            publisher.publish(
                "rubbish", 1, NOON.plus(segment.start()), CHUNK, "video/mp4", rubbish));
      } else {
        publish(publisher, "rubbish", segment, NOON);
      }
    }
    at(publisher.end("rubbish"));
    awaitType("rubbish", "io.chronoscope.stream.ended");
    foreign(others, new ProducerRecord<>(TOPICS.of(Topic.CHUNKS), "bare", rubbish));
    foreign(others, new ProducerRecord<>(TOPICS.of(Topic.CHUNKS), "empty-value", new byte[0]));
    foreign(others, new ProducerRecord<>(TOPICS.of(Topic.CHUNKS), 2, null, rubbish));
    foreign(others, headed("version", "ce_specversion", "2.0"));
    foreign(others, headed("type", "ce_type", "io.chronoscope.other 猫"));
    // Its time is refused when it is read.
    foreign.add(
        at(
            publisher.publish(
                "time", 0, Instant.parse("2300-01-01T00:00:00Z"), CHUNK, "video/mp4", rubbish)));
    awaitLetter("bare", "not_media");
    awaitLetter("empty-value", "empty");
    awaitLetter("video.chunks-2", "bad_envelope");
    awaitLetter("version", "bad_envelope");
    awaitLetter("type", "bad_envelope");
    awaitLetter("time", "bad_time");
    redrive("--all", "--reason", "not_media", "--stream", "bare");
    await(
        "it is refused again",
        record ->
            is(record, "bare", "io.chronoscope.chunk.rejected") && json(record).has("redriveOf"));
  }

  private static ProducerRecord<String, byte[]> headed(String stream, String name, String value) {
    ProducerRecord<String, byte[]> record =
        ChunkRecords.endOfStream(TOPICS.of(Topic.CHUNKS), SOURCE, stream);
    record.headers().remove(name).add(name, value.getBytes(UTF_8));
    return record;
  }

  private void sendReferences(ChunkPublisher publisher, Path root) throws Exception {
    produce("portrait.mp4", "referred", true);
    List<MediaSegment> segments = FileFeed.cut(SAMPLES.resolve("crossing.mp4"), CHUNK);
    List<Media.Reference> references = new ArrayList<>();
    try (MediaUploader depot =
        MediaUploader.open(
            "file",
            new ReferenceSettings(
                List.of(root),
                ReferenceSettings.ObjectStore.NONE,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10)))) {
      for (MediaSegment segment : segments) {
        references.add(
            depot.put("absent", segment.index(), segment.contentType(), FileFeed.bytesOf(segment)));
      }
    }
    Path second = Path.of(references.get(1).uri());
    Path aside = folder.resolve("aside");
    Files.move(second, aside);
    for (MediaSegment segment : segments) {
      refer(publisher, segment, references.get(segment.index()));
    }
    Media.Reference last = references.getLast();
    MediaSegment more = segments.getLast();
    refer(
        publisher,
        new MediaSegment(
            more.index() + 1,
            more.start().plus(more.duration()),
            more.duration(),
            more.contentType(),
            more.media()),
        new Media.Reference(last.uri(), last.sizeBytes(), "0".repeat(64)));
    refer(
        publisher,
        new MediaSegment(
            more.index() + 2,
            more.start().plus(more.duration().multipliedBy(2)),
            more.duration(),
            more.contentType(),
            more.media()),
        new Media.Reference(URI.create("file:///etc/a%20b"), 1, last.sha256()));
    awaitLetter("absent", "reference_missing");
    awaitLetter("absent", "reference_mismatch");
    awaitLetter("absent", "reference_forbidden");
    Files.move(aside, second);
    redrive("--all", "--reason", "reference_missing");
    at(publisher.end("absent"));
    awaitType("absent", "io.chronoscope.stream.ended");
  }

  private void refer(ChunkPublisher publisher, MediaSegment segment, Media.Reference reference) {
    at(
        publisher.publish(
            "absent", segment.index(), NOON.plus(segment.start()), segment.duration(), reference));
  }

  private void ask(KafkaProducer<String, byte[]> others) throws Exception {
    awaitType("long", "io.chronoscope.stream.ended");
    ask("a blue triangle appears", "yard", "2026-05-04T12:00:00Z", "2026-05-04T12:00:30Z");
    ask("a purple \"cross\" 红", ODD_STREAM, "2026-05-04T12:00:02.5Z", "2026-05-04T12:00:09Z");
    ask("something appears", "rubbish", "2026-05-04T11:59:00Z", "2026-05-04T12:02:00.000001Z");
    ask("something appears", "nowhere", "2026-05-04T12:00:00Z", "2026-05-04T12:01:00Z");
    ask("something appears", "yard", "2026-05-04T12:00:00Z", "2026-05-04T15:00:00Z");
    foreign(
        others, new ProducerRecord<>(TOPICS.of(Topic.QUESTIONS), "q 1", "no JSON".getBytes(UTF_8)));
    foreign(others, new ProducerRecord<>(TOPICS.of(Topic.QUESTIONS), null, "{}".getBytes(UTF_8)));
    for (String wrong :
        List.of(
            "{}",
            "{\"stream\":\"yard\",\"question\":\"\",\"from\":\"2026-05-04T12:00:00Z\","
                + "\"to\":\"yesterday\"}",
            "{\"stream\":\"yard\",\"question\":\"x\",\"from\":\"2026-05-04T12:00:00.123456789Z\","
                + "\"to\":\"2026-05-04T11:00:00+02:00\"}")) {
      String id = "wrong \"" + wrong.length() + "\" 猫";
      foreign(others, new ProducerRecord<>(TOPICS.of(Topic.QUESTIONS), id, wrong.getBytes(UTF_8)));
      await("an answer to " + id, record -> isAnswer(record, id));
    }
    await(
        "questions are refused",
        record ->
            record.topic().equals(TOPICS.of(Topic.DEAD_LETTERS))
                && says(record, "reason", "bad_question"));
    redrive("--all", "--reason", "bad_question");
  }

  private static boolean isAnswer(ConsumerRecord<byte[], byte[]> record, String id) {
    return record.topic().equals(TOPICS.of(Topic.ANSWERS)) && says(record, "id", id);
  }

  private void ask(String text, String stream, String from, String to) {
    run("ask", text, "--stream", stream, "--from", from, "--to", to, "--json");
  }

  /// Referred to and without an end: it rests first.
  private void rest(ChunkPublisher publisher) {
    await(
        "the stream rests",
        record ->
            is(record, "referred", "io.chronoscope.summary") && says(record, "level", "stream"));
    at(publisher.end("referred"));
    awaitType("referred", "io.chronoscope.stream.ended");
  }

  private static void publish(
      ChunkPublisher publisher, String stream, MediaSegment segment, Instant zero) {
    at(
        publisher.publish(
            stream,
            segment.index(),
            zero.plus(segment.start()),
            segment.duration(),
            segment.contentType(),
            FileFeed.bytesOf(segment)));
  }

  private static ChunkOrigin at(CompletionStage<ChunkOrigin> sent) {
    return sent.toCompletableFuture().join();
  }

  private void foreign(KafkaProducer<String, byte[]> others, ProducerRecord<String, byte[]> record)
      throws Exception {
    RecordMetadata at = others.send(record).get();
    foreign.add(new ChunkOrigin(at.topic(), at.partition(), at.offset()));
  }

  private void redrive(String... which) {
    String said =
        command(
            Stream.concat(Stream.of("dlq", "redrive", "--json"), Arrays.stream(which))
                .toArray(String[]::new));
    for (String line : said.lines().toList()) {
      JsonNode to = read(line.getBytes(UTF_8)).required("to");
      redriven.add(
          new ChunkOrigin(
              to.get("topic").asText(), to.get("partition").asInt(), to.get("offset").asLong()));
    }
    assertThat(redriven).isNotEmpty();
  }

  /// A command that must go well.
  private static String command(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertThat(Commands.run(out, err, words))
        .as(() -> String.join(" ", words) + ": " + err.toString(UTF_8))
        .isEqualTo(ExitCode.OK);
    return out.toString(UTF_8);
  }

  private static void run(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int code = Commands.run(out, out, words);
    System.out.println(code + " " + String.join(" ", words) + ": " + out.toString(UTF_8));
  }

  // What was written.

  private void takeDown(Map<String, Object> kafka) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            ConsumerSettings.withoutGroup(kafka),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      Set<TopicPartition> partitions = new HashSet<>();
      for (String topic : topics()) {
        consumer
            .partitionsFor(topic)
            .forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!enough) {
        consumer.poll(Duration.ofMillis(200)).forEach(seen::add);
      }
    }
  }

  private void awaitType(String stream, String type) {
    await(type + " of " + stream, record -> is(record, stream, type));
  }

  private void awaitLetter(String stream, String reason) {
    await(
        "dead letter of " + stream,
        record ->
            is(record, stream, "io.chronoscope.chunk.rejected") && says(record, "reason", reason));
  }

  private void await(String what, Predicate<ConsumerRecord<byte[], byte[]>> found) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (seen.stream().noneMatch(found)) {
      assertThat(System.nanoTime() - until)
          .as(() -> what + "; came: " + count(seen) + ", see " + folder)
          .isNegative();
      java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    System.out.println("came: " + what);
  }

  private static Map<String, Integer> count(Collection<ConsumerRecord<byte[], byte[]>> records) {
    Map<String, Integer> counts = new TreeMap<>();
    records.forEach(
        record -> counts.merge(record.topic() + " of " + subject(record), 1, Integer::sum));
    return counts;
  }

  private static boolean is(ConsumerRecord<byte[], byte[]> record, String stream, String type) {
    Header of = record.headers().lastHeader("ce_type");
    return of != null
        && new String(of.value(), UTF_8).equals(type)
        && subject(record).equals(stream);
  }

  private static boolean says(ConsumerRecord<byte[], byte[]> record, String field, String text) {
    return json(record).path(field).asText().equals(text);
  }

  private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
    return read(record.value());
  }

  private static JsonNode read(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
