package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Sha256;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.wire.RecordedRecord.From;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Reads the records that the program wrote before the refactoring (`src/test/resources/recorded`)
/// and writes them back equal to the byte. `RecordedStatesTest` does the same for the state topic.
class RecordedTopicsTest {

  private static final TopicNames TOPICS = TopicNames.DEFAULT;

  /// Of every topic except the rules topic.
  private static final int PARTITIONS = 4;

  private static final URI SERVICE = URI.create("/chronoscope");
  private static final URI REDRIVE = URI.create("/chronoscope/dlq");
  private static final Path DIGESTS = RecordedRecord.FOLDER.resolve("SHA256SUMS");

  static List<String> topics() {
    return Stream.concat(
            Stream.of(TOPICS.of(Topic.CHUNKS), TOPICS.of(Topic.RULES), TOPICS.of(Topic.QUESTIONS)),
            Stream.of(ResultType.values()).map(TOPICS::of))
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("topics")
  void writesEachRecordBackUnchanged(String topic) throws Exception {
    int number = 0;
    for (RecordedRecord line : RecordedRecord.of(topic)) {
      String where = "%s.jsonl:%d: %s".formatted(topic, ++number, line.line());
      ProducerRecord<?, byte[]> written;
      try {
        written = rewritten(line);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("cannot be read: " + where, e);
      }
      assertThat(RecordedRecord.bytes(RecordedRecord.sent(written)))
          .as(where)
          .isEqualTo(line.bytes());
      if (written.partition() != null && line.partition().isPresent()) {
        assertThat(written.partition()).as(where).isEqualTo(line.partition().getAsInt());
      }
    }
    assertThat(number).isPositive();
  }

  @ParameterizedTest
  @MethodSource("topics")
  void writesTheSamplesAsTheyWereRecorded(String topic) {
    assertThat(
            RecordedSamples.all().stream()
                .filter(sample -> sample.record().topic().equals(topic))
                .map(RecordedRecord::line))
        .containsExactlyElementsOf(
            RecordedRecord.of(topic).stream()
                .filter(line -> line.from() == From.SAMPLE)
                .map(RecordedRecord::line)
                .toList());
  }

  @Test
  void recordingsAreUnedited() throws Exception {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(RecordedRecord.FOLDER)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).sorted().toList()) {
        found.add(Sha256.hex(Files.readAllBytes(file)) + "  " + file.getFileName());
      }
    }
    assertThat(found).containsExactlyElementsOf(Files.readAllLines(DIGESTS, UTF_8));
  }

  @Test
  void hasARecordingOfEveryTopic() throws IOException {
    Set<String> expected =
        Stream.concat(topics().stream(), Stream.of(TOPICS.of(Topic.STATE)))
            .map(topic -> topic + ".jsonl")
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(RecordedRecord.FOLDER)) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith(".jsonl")))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
    for (String topic : topics()) {
      assertThat(RecordedRecord.of(topic))
          .allMatch(line -> line.record().topic().equals(topic))
          .extracting(RecordedRecord::from)
          .contains(From.values());
    }
  }

  @Test
  void recordingsContainEveryTypeAndConstantOfResults() {
    Set<String> found = new TreeSet<>();
    for (String topic : topics()) {
      for (RecordedRecord line : RecordedRecord.of(topic)) {
        Optional<String> type = header(line.record(), "ce_type");
        if (type.isPresent() && isResult(topic)) {
          found.add(type.get());
          ObjectNode json = Json.parse(line.record().value());
          for (String field : List.of("status", "level", "cause", "reason")) {
            if (json.has(field)) {
              found.add(field + " " + json.get(field).textValue());
            }
          }
        }
      }
    }
    Set<String> expected = new TreeSet<>(Set.of(RedriveMark.TYPE));
    Stream.of(ResultType.values()).forEach(type -> expected.add(type.cloudEventsType()));
    addAll(expected, "status", Status.values());
    addAll(expected, "level", Level.values());
    addAll(expected, "cause", Gap.Cause.values());
    addAll(expected, "reason", Rejection.Reason.values());
    assertThat(found).containsExactlyElementsOf(expected);
  }

  private static void addAll(Set<String> expected, String field, Enum<?>[] constants) {
    Stream.of(constants).forEach(one -> expected.add(field + " " + Json.nameOf(one)));
  }

  private static boolean isResult(String topic) {
    return Stream.of(ResultType.values()).anyMatch(type -> TOPICS.of(type).equals(topic));
  }

  /// The record that the program writes for what it reads in this one.
  private static ProducerRecord<?, byte[]> rewritten(RecordedRecord line) throws Exception {
    ConsumerRecord<byte[], byte[]> record = line.record();
    if (record.topic().equals(TOPICS.of(Topic.CHUNKS))) {
      return line.redriven() ? redriven(record) : chunk(record);
    }
    if (record.topic().equals(TOPICS.of(Topic.RULES))) {
      return switch (RuleRecord.read(record)) {
        case RuleChange.Put put -> RuleRecord.put(record.topic(), put.rule());
        case RuleChange.Removed removed -> RuleRecord.remove(record.topic(), removed.id());
        case RuleChange.Malformed malformed -> unchanged(line);
      };
    }
    if (record.topic().equals(TOPICS.of(Topic.QUESTIONS))) {
      return switch (QuestionRecord.read(record)) {
        case ReceivedQuestion.Valid asked -> QuestionRecord.write(record.topic(), asked.question());
        case ReceivedQuestion.Invalid wrong -> unchanged(line);
        case ReceivedQuestion.Unreadable unreadable -> unchanged(line);
      };
    }
    return RedriveMark.isMark(record)
        ? RedriveMark.read(record.value()).record(record.topic(), REDRIVE, PARTITIONS)
        : result(record);
  }

  /// The program writes malformed records only when it redrives them.
  private static ProducerRecord<?, byte[]> unchanged(RecordedRecord line) {
    assertThat(line.redriven()).as("redriven").isTrue();
    return RedrivenRecord.unchanged(line.record());
  }

  private static ProducerRecord<?, byte[]> result(ConsumerRecord<byte[], byte[]> record) {
    Result result = ResultEnvelope.read(record);
    ResultEnvelope envelope =
        new ResultEnvelope(TOPICS, SERVICE, (of, headers) -> furtherHeaders(record, headers));
    ObjectNode json = Json.parse(record.value());
    return result instanceof DeadLetter letter && json.has("recordTime")
        ? envelope.write(letter, Json.read(json, RejectedRecord.class), PARTITIONS)
        : envelope.write(result, PARTITIONS);
  }

  /// The trace headers.
  private static void furtherHeaders(ConsumerRecord<byte[], byte[]> record, Headers headers) {
    for (Header header : record.headers()) {
      if (!header.key().startsWith("ce_") && !header.key().equals("content-type")) {
        headers.add(header);
      }
    }
  }

  private static ProducerRecord<?, byte[]> chunk(ConsumerRecord<byte[], byte[]> record)
      throws ChunkEnvelope.NoStreamException {
    StreamInput input = new ChunkEnvelope(Integer.MAX_VALUE).read(record);
    String topic = record.topic();
    URI source = URI.create(header(record, "ce_source").orElseThrow());
    return switch (input) {
      case Chunk chunk -> {
        assertThat(chunk.redriven()).isFalse();
        yield switch (chunk.media()) {
          case Media.Inline(ByteBuffer bytes) ->
              ChunkRecords.chunk(
                  topic,
                  source,
                  chunk.stream(),
                  chunk.sequence().orElseThrow(),
                  chunk.declaredStart().orElseThrow(),
                  chunk.declaredDuration().orElseThrow(),
                  header(record, "content-type").orElseThrow(),
                  copy(bytes));
          case Media.Reference reference ->
              ChunkRecords.reference(
                  topic,
                  source,
                  chunk.stream(),
                  chunk.sequence().orElseThrow(),
                  chunk.declaredStart().orElseThrow(),
                  chunk.declaredDuration().orElseThrow(),
                  reference);
        };
      }
      case EndOfStream end -> ChunkRecords.endOfStream(topic, source, end.stream());
      case Unreadable unreadable -> throw new AssertionError(unreadable.rejection().detail());
    };
  }

  private static byte[] copy(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }

  /// The original rejected record, redriven again.
  private static ProducerRecord<?, byte[]> redriven(ConsumerRecord<byte[], byte[]> record)
      throws ChunkEnvelope.NoStreamException {
    assertThat(new ChunkEnvelope(Integer.MAX_VALUE).read(record))
        .isInstanceOfSatisfying(Chunk.class, chunk -> assertThat(chunk.redriven()).isTrue());
    String letter = header(record, "ce_redriven").orElseThrow();
    boolean bare = header(record, "ce_id").equals(Optional.of(letter));
    long timestamp = Instant.parse(header(record, "ce_time").orElseThrow()).toEpochMilli();
    ConsumerRecord<byte[], byte[]> refused =
        RecordedSamples.at(record, record.headers(), timestamp);
    Header[] all = record.headers().toArray();
    assertThat(all[all.length - 1].key()).isEqualTo("ce_redriven");
    refused.headers().remove("ce_redriven");
    if (bare || all[all.length - 2].key().equals("ce_time")) {
      refused.headers().remove("ce_time");
    }
    if (bare) {
      List.of("specversion", "id", "source", "type")
          .forEach(attribute -> refused.headers().remove("ce_" + attribute));
    }
    return RedrivenRecord.chunk(refused, letter, REDRIVE);
  }

  private static Optional<String> header(ConsumerRecord<?, ?> record, String name) {
    return Optional.ofNullable(record.headers().lastHeader(name))
        .map(header -> new String(header.value(), UTF_8));
  }
}
