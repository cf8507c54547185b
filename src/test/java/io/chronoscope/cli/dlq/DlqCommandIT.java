package io.chronoscope.cli.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.Commands;
import io.chronoscope.client.RetainedRecords;
import io.chronoscope.client.Topics;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.service.ExitCode;
import io.chronoscope.testing.RestoredSettings;
import io.chronoscope.wire.ChunkRecords;
import io.chronoscope.wire.InputType;
import io.chronoscope.wire.RejectedRecord;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the `dlq` commands against a real broker, on dead letters as the service writes them.
class DlqCommandIT {

  private static final TopicNames TOPICS = TopicNames.DEFAULT;
  private static final URI SOURCE = URI.create("/test");

  /// An hour ago: the broker removes records whose timestamps are older than the topic keeps.
  private static final Instant SENT =
      Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MINUTES);

  private static final byte[] MEDIA = "not really media".getBytes(UTF_8);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static EmbeddedBroker broker;
  private static Map<String, Object> kafka;
  private static KafkaProducer<String, byte[]> producer;

  @AutoClose private final RestoredSettings settings = new RestoredSettings();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, TOPICS);
    producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    producer.close();
    broker.close();
  }

  @Test
  void redrivesAChunkOnceAndMarksItAsRedriven() throws Exception {
    ChunkOrigin rejected = send(chunk("once", 3));
    String id = deadLetter("once", rejected, Reason.CORRUPT);

    JsonNode before = list("--stream", "once").getFirst();
    assertThat(before.get("state").asText()).isEqualTo("refused");
    assertThat(before.get("recordRetained").asBoolean()).isTrue();
    assertThat(run("dlq", "redrive", id, "--json")).isEqualTo(ExitCode.OK);

    JsonNode sent = JSON.readTree(text(out)).get("to");
    ConsumerRecord<byte[], byte[]> again =
        record(
            new ChunkOrigin(
                sent.get("topic").asText(), rejected.partition(), sent.get("offset").asLong()));
    assertThat(sent.get("partition").asInt()).isEqualTo(rejected.partition());
    assertThat(new String(again.key(), UTF_8)).isEqualTo("once");
    assertThat(again.value()).isEqualTo(MEDIA);
    assertThat(header(again, "ce_redriven")).isEqualTo(id);
    assertThat(header(again, "ce_sequence")).isEqualTo("3");
    assertThat(header(again, "ce_time")).startsWith(SENT.toString().substring(0, 16));
    assertThat(again.timestamp()).isGreaterThan(SENT.toEpochMilli());

    JsonNode after = list("--stream", "once").getFirst();
    assertThat(after.get("state").asText()).isEqualTo("redriven");
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(Files.newInputStream(Path.of("kafka/schemas/redriven.schema.json")));
    assertThat(schema.validate(after.get("redriven"))).isEmpty();

    long end = end(rejected.partition());
    assertThat(run("dlq", "redrive", id)).isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("was redriven at", "--again");
    assertThat(run("dlq", "redrive", "--all", "--reason", "corrupt", "--stream", "once"))
        .isEqualTo(ExitCode.OK);
    assertThat(text(err)).contains("no dead letters");
    assertThat(end(rejected.partition())).isEqualTo(end);

    assertThat(run("dlq", "redrive", id, "--again")).isEqualTo(ExitCode.OK);
    assertThat(end(rejected.partition())).isGreaterThan(end);
  }

  @Test
  void linksARecordThatIsRejectedAgainToItsFirstDeadLetter() throws Exception {
    String first = deadLetter("twice", send(chunk("twice", 0)), Reason.REFERENCE_MISSING);
    assertThat(run("dlq", "redrive", first, "--json")).isEqualTo(ExitCode.OK);
    JsonNode sent = JSON.readTree(text(out)).get("to");
    String second =
        deadLetter(
            "twice",
            new ChunkOrigin(
                TOPICS.of(Topic.CHUNKS),
                sent.get("partition").asInt(),
                sent.get("offset").asLong()),
            Reason.REFERENCE_MISSING);

    List<JsonNode> listed = list("--stream", "twice", "--reason", "reference_missing");

    assertThat(listed).extracting(one -> one.get("id").asText()).containsExactly(first, second);
    assertThat(listed.getLast().get("redriveOf").asText()).isEqualTo(first);
    assertThat(run("dlq", "redrive", second)).isEqualTo(ExitCode.OK);
  }

  @Test
  void keepsTheTimestampOfARecordWithoutHeaders() throws Exception {
    ChunkOrigin rejected =
        send(
            new ProducerRecord<>(
                TOPICS.of(Topic.CHUNKS), null, SENT.toEpochMilli(), "bare", MEDIA));
    String id = deadLetter("bare", rejected, Reason.NOT_MEDIA);

    assertThat(run("dlq", "redrive", id, "--json")).isEqualTo(ExitCode.OK);

    ConsumerRecord<byte[], byte[]> again = redriven();
    assertThat(header(again, "ce_time")).isEqualTo(SENT.toString().replace("Z", ".000Z"));
    assertThat(header(again, "ce_type")).isEqualTo(InputType.CHUNK.cloudEventsType());
  }

  @Test
  void redrivesARuleUnchanged() throws Exception {
    ChunkOrigin rejected = send(new ProducerRecord<>(TOPICS.of(Topic.RULES), "rule-1", MEDIA));
    String id = deadLetter("rule-1", rejected, Reason.BAD_RULE);

    assertThat(run("dlq", "redrive", id, "--json")).isEqualTo(ExitCode.OK);

    ConsumerRecord<byte[], byte[]> again = redriven();
    assertThat(again.topic()).isEqualTo(TOPICS.of(Topic.RULES));
    assertThat(again.headers().toArray()).isEmpty();
    assertThat(again.value()).isEqualTo(MEDIA);
  }

  @Test
  void redrivesTheOthersWhenOneRecordIsGone() throws Exception {
    ChunkOrigin gone = send(chunk("gone", 0));
    String goneId = deadLetter("gone", gone, Reason.CORRUPT);
    try (Admin admin = Admin.create(kafka)) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(gone.topic(), gone.partition()),
                  RecordsToDelete.beforeOffset(gone.offset() + 1)))
          .all()
          .get();
    }
    String id = deadLetter("gone", send(chunk("gone", 1)), Reason.CORRUPT);

    assertThat(run("dlq", "redrive", goneId, id, "video.chunks/0/999999"))
        .isEqualTo(ExitCode.FAILED);

    assertThat(text(err))
        .contains(goneId + ": the record is gone", "there is no dead letter video.chunks/0/999999");
    assertThat(text(out)).contains(id + "  gone  redriven to");
    assertThat(list("--stream", "gone"))
        .extracting(one -> one.get("state").asText() + " " + one.get("recordRetained").asBoolean())
        .containsExactly("refused false", "redriven true");
    assertThat(run("dlq", "show", goneId, "--save", folder.resolve("x").toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("no longer retains it");
  }

  @Test
  void showsAllDetailsAndSavesThePayload() throws Exception {
    String id = deadLetter("shown", send(chunk("shown", 5)), Reason.CORRUPT);
    Path file = folder.resolve("payload");

    assertThat(run("dlq", "show", id, "--save", file.toString())).isEqualTo(ExitCode.OK);

    assertThat(text(out))
        .contains(
            "corrupt",
            "record.headers.ce_sequence 5",
            "record.sizeBytes " + MEDIA.length,
            "record.sha256");
    assertThat(file).hasBinaryContent(MEDIA);
    assertThat(run("dlq", "show", "video.chunks/3/999999")).isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("there is no dead letter video.chunks/3/999999");
  }

  @Test
  void sendsNothingInADryRunOrToTopicsTheServiceDoesNotRead() throws Exception {
    ChunkOrigin rejected = send(chunk("dry", 0));
    deadLetter("dry", rejected, Reason.TOO_LONG);
    long end = end(rejected.partition());

    assertThat(run("dlq", "redrive", "--all", "--reason", "too_long", "--dry-run"))
        .isEqualTo(ExitCode.OK);
    assertThat(text(out)).contains("would be redriven");
    assertThat(end(rejected.partition())).isEqualTo(end);

    String elsewhere =
        deadLetter("dry", new ChunkOrigin(TOPICS.of(Topic.EVENTS), 0, 0), Reason.BAD_ENVELOPE);
    assertThat(run("dlq", "redrive", elsewhere)).isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("the service does not read topic video.events");
  }

  @Test
  void rejectsInvalidOptions() {
    assertThat(run("dlq", "redrive")).isEqualTo(ExitCode.USAGE);
    assertThat(run("dlq", "redrive", "--all")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--reason");
    assertThat(run("dlq", "redrive", "--all", "--reason", "weather")).isEqualTo(ExitCode.USAGE);
    assertThat(run("dlq", "redrive", "no-id")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("no-id is not a dead-letter id");
    assertThat(run("dlq", "list", "--since", "yesterday")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("yesterday");
    assertThat(run("dlq")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void listsOnlyDeadLettersThatMatchTheFilters() throws Exception {
    deadLetter("listed", send(chunk("listed", 0)), Reason.BAD_TIME);

    assertThat(list("--stream", "listed", "--since", "1h")).hasSize(1);
    assertThat(list("--stream", "listed", "--since", "2099-01-01T00:00:00Z")).isEmpty();
    assertThat(list("--stream", "listed", "--reason", "late")).isEmpty();
    assertThat(run("dlq", "list", "--stream", "listed")).isEqualTo(ExitCode.OK);
    assertThat(text(out)).contains("ID", "REASON", "bad_time", "refused", "retained");
  }

  private static ProducerRecord<String, byte[]> chunk(String stream, long sequence) {
    return ChunkRecords.chunk(
        TOPICS.of(Topic.CHUNKS),
        SOURCE,
        stream,
        sequence,
        SENT.plusSeconds(sequence),
        Duration.ofSeconds(1),
        "video/mp4",
        MEDIA);
  }

  private static ChunkOrigin send(ProducerRecord<String, byte[]> record) throws Exception {
    RecordMetadata at = producer.send(record).get();
    return new ChunkOrigin(at.topic(), at.partition(), at.offset());
  }

  private static String deadLetter(String stream, ChunkOrigin rejected, Reason reason)
      throws Exception {
    DeadLetter written = new DeadLetter(stream, rejected, new Rejection(reason, "for the test"));
    RejectedRecord known;
    try (RetainedRecords records = new RetainedRecords(kafka)) {
      known =
          records
              .find(rejected)
              .map(RejectedRecord::of)
              .orElse(new RejectedRecord(SENT, 1, Optional.empty(), Optional.empty()));
    }
    producer
        .send(
            new ResultEnvelope(TOPICS, SOURCE)
                .write(
                    written, known, producer.partitionsFor(TOPICS.of(Topic.DEAD_LETTERS)).size()))
        .get();
    return written.id();
  }

  private ConsumerRecord<byte[], byte[]> redriven() throws Exception {
    JsonNode to = JSON.readTree(text(out)).get("to");
    return record(
        new ChunkOrigin(
            to.get("topic").asText(), to.get("partition").asInt(), to.get("offset").asLong()));
  }

  private static ConsumerRecord<byte[], byte[]> record(ChunkOrigin origin) {
    try (RetainedRecords records = new RetainedRecords(kafka)) {
      return records.find(origin).orElseThrow();
    }
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    assertThat(header).as(name).isNotNull();
    return new String(header.value(), UTF_8);
  }

  private static long end(int partition) throws Exception {
    TopicPartition one = new TopicPartition(TOPICS.of(Topic.CHUNKS), partition);
    try (Admin admin = Admin.create(kafka)) {
      return admin
          .listOffsets(Map.of(one, org.apache.kafka.clients.admin.OffsetSpec.latest()))
          .partitionResult(one)
          .get()
          .offset();
    }
  }

  private List<JsonNode> list(String... options) throws Exception {
    assertThat(
            run(
                Stream.concat(Stream.of("dlq", "list", "--json"), Arrays.stream(options))
                    .toArray(String[]::new)))
        .isEqualTo(ExitCode.OK);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : text(out).lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    System.setProperty("chronoscope.kafka.bootstrap-servers", broker.bootstrapServers());
    return Commands.run(out, err, arguments);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(UTF_8);
  }
}
