package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.wire.ChunkEnvelope.NoStreamException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkEnvelopeTest {

  private static final URI SOURCE = URI.create("/test");
  private static final ChunkEnvelope ENVELOPE = new ChunkEnvelope(100);
  private static final ChunkOrigin ORIGIN = new ChunkOrigin("video.chunks", 3, 17);
  private static final byte[] MEDIA = {1, 2, 3};

  @Test
  void readsTheChunkThatWasWritten() throws Exception {
    Instant start = Instant.parse("2026-01-02T03:04:05.678901Z");
    ProducerRecord<String, byte[]> record =
        ChunkRecords.chunk(
            "video.chunks",
            SOURCE,
            "cam 1/ü",
            12,
            start,
            Duration.ofMillis(4_004),
            "video/mp4",
            MEDIA);
    assertThat(record.key()).isEqualTo("cam 1/ü");
    assertThat(record.value()).isSameAs(MEDIA);

    Chunk chunk = (Chunk) ENVELOPE.read(ResultEnvelopeTest.received(record));
    assertThat(chunk.stream()).isEqualTo("cam 1/ü");
    assertThat(chunk.origin()).isEqualTo(ORIGIN);
    assertThat(chunk.declaredStart()).contains(start);
    assertThat(chunk.sequence()).hasValue(12);
    assertThat(chunk.declaredDuration()).contains(Duration.ofMillis(4_004));
    assertThat(chunk.sizeBytes()).isEqualTo(3);
    assertThat(((Media.Inline) chunk.media()).bytes().isReadOnly()).isTrue();
  }

  @Test
  void writesHeadersAsPublished() throws Exception {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(Files.newInputStream(Path.of("kafka/schemas/chunk-headers.schema.json")));
    for (ProducerRecord<String, byte[]> record :
        new ProducerRecord[] {
          chunk(),
          reference(new Media.Reference(SOURCE, 1, "")),
          ChunkRecords.endOfStream("video.chunks", SOURCE, "cam")
        }) {
      ObjectNode headers = Json.newObject();
      for (Header header : record.headers()) {
        headers.put(header.key(), new String(header.value(), UTF_8));
      }
      assertThat(schema.validate(headers)).as(headers.toString()).isEmpty();
      headers.put("ce_sequence", "twelve");
      assertThat(schema.validate(headers)).isNotEmpty();
    }
  }

  @Test
  void readsTheEndOfAStream() throws Exception {
    assertThat(
            ENVELOPE.read(
                ResultEnvelopeTest.received(
                    ChunkRecords.endOfStream("video.chunks", SOURCE, "cam"))))
        .isEqualTo(new EndOfStream("cam", ORIGIN));
  }

  @Test
  void readsABareRecordByItsTimestamp() throws Exception {
    ProducerRecord<String, byte[]> record = new ProducerRecord<>("video.chunks", "cam", MEDIA);
    record.headers().add("traceparent", "00-x".getBytes(UTF_8));
    Chunk chunk = (Chunk) ENVELOPE.read(ResultEnvelopeTest.received(record));
    assertThat(chunk.declaredStart()).isEmpty();
    assertThat(chunk.sequence()).isEmpty();
    assertThat(chunk.declaredDuration()).isEmpty();
    assertThat(chunk.recordTime()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
  }

  @Test
  void readsAnEnvelopeWithTheRequiredAttributesOnly() throws Exception {
    ProducerRecord<String, byte[]> record = chunk();
    record.headers().remove("ce_time").remove("ce_sequence").remove("ce_durationms");
    Chunk chunk = (Chunk) ENVELOPE.read(ResultEnvelopeTest.received(record));
    assertThat(chunk.declaredStart()).isEmpty();
    assertThat(chunk.sequence()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ce_time, yesterday, time",
    "ce_time, 2026-13-01T00:00:00Z, time",
    "ce_sequence, twelve, ce_sequence is not a whole number from 0: twelve",
    "ce_sequence, -1, ce_sequence is not a whole number from 0: -1",
    "ce_sequence, 1.5, ce_sequence is not a whole number from 0: 1.5",
    "ce_sequence, 99999999999999999999, ce_sequence is not a whole number",
    "ce_sequence, 9223372036854775807, ce_sequence is not a whole number",
    "ce_durationms, long, ce_durationms is not a whole number from 0: long",
    "ce_specversion, 2.0, ce_specversion names CloudEvents version 2.0; only 1.0 is read",
    "ce_specversion, 0.3, ce_specversion names CloudEvents version 0.3; only 1.0 is read",
    "ce_type, io.chronoscope.other, ce_type is none of",
    "ce_specversion, , ce_specversion is missing",
    "ce_id, , ce_id is missing",
    "ce_source, , ce_source is missing",
    "ce_type, , ce_type is missing",
    "content-type, application/cloudevents+json, structured",
  })
  void rejectsAMalformedHeader(String header, String value, String expected) throws Exception {
    ProducerRecord<String, byte[]> record = chunk();
    record.headers().remove(header);
    if (value != null) {
      record.headers().add(header, value.getBytes(UTF_8));
    }
    Unreadable unreadable = (Unreadable) ENVELOPE.read(ResultEnvelopeTest.received(record));
    assertThat(unreadable.stream()).isEqualTo("cam");
    assertThat(unreadable.rejection().reason()).isEqualTo(Reason.BAD_ENVELOPE);
    assertThat(unreadable.rejection().detail()).containsIgnoringCase(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ce-%s", "CE_%s", "Ce-%s", "cloudEvents:%s", "cloudevents_%s"})
  void readsAttributesInOtherSpellings(String spelling) throws Exception {
    ProducerRecord<String, byte[]> written = chunk();
    ProducerRecord<String, byte[]> record = new ProducerRecord<>("video.chunks", "cam", MEDIA);
    for (Header header : written.headers()) {
      record
          .headers()
          .add(
              header.key().startsWith("ce_")
                  ? spelling.formatted(header.key().substring(3))
                  : "Content-Type",
              header.value());
    }

    Chunk chunk = (Chunk) ENVELOPE.read(ResultEnvelopeTest.received(record));

    Chunk expected = (Chunk) ENVELOPE.read(ResultEnvelopeTest.received(written));
    assertThat(chunk.declaredStart()).isPresent().isEqualTo(expected.declaredStart());
    assertThat(chunk.sequence()).isEqualTo(expected.sequence());
    assertThat(chunk.declaredDuration()).isEqualTo(expected.declaredDuration());
    assertThat(redriven(ResultEnvelopeTest.received(record)).sequence())
        .isEqualTo(expected.sequence());
  }

  @Test
  void rejectsAnAttributeWithTwoValuesUnderTwoNames() throws Exception {
    ProducerRecord<String, byte[]> record = chunk();
    record.headers().add("CE-Time", "2026-05-04T12:00:00Z".getBytes(UTF_8));
    Unreadable unreadable = (Unreadable) ENVELOPE.read(ResultEnvelopeTest.received(record));
    assertThat(unreadable.rejection().detail()).contains("ce_time", "CE-Time", "different values");
  }

  @Test
  void rejectsAKeyThatIsNotUtf8() {
    for (byte last : new byte[] {(byte) 0x90, (byte) 0x91}) {
      ConsumerRecord<byte[], byte[]> record =
          new ConsumerRecord<>("video.chunks", 0, 1, new byte[] {'c', 'a', 'm', last}, MEDIA);
      assertThatThrownBy(() -> ENVELOPE.read(record))
          .isInstanceOf(NoStreamException.class)
          .hasMessageContaining("not UTF-8: 63 61 6d %02x".formatted(last));
    }
  }

  /// Arithmetic on such times could overflow.
  @ParameterizedTest
  @CsvSource({
    "ce_time, +999999999-12-31T23:59:59Z, header ce_time says +999999999-12-31T23:59:59Z",
    "ce_time, -999999999-01-01T00:00:00Z, header ce_time says -999999999",
    "ce_time, 1969-12-31T23:59:59Z, header ce_time says 1969",
    "ce_time, 2200-01-01T00:00:00Z, header ce_time says 2200",
    "ce_durationms, 86400001, header ce_durationms says 86400001",
    "ce_durationms, 9007199254740991, more than a day",
  })
  void rejectsAnImplausibleTime(String header, String value, String expected) throws Exception {
    ProducerRecord<String, byte[]> record = chunk();
    record.headers().remove(header).add(header, value.getBytes(UTF_8));
    Unreadable unreadable = (Unreadable) ENVELOPE.read(ResultEnvelopeTest.received(record));
    assertThat(unreadable.rejection().reason()).isEqualTo(Reason.BAD_TIME);
    assertThat(unreadable.rejection().detail()).contains(expected);
  }

  @Test
  void rejectsABareRecordWithAnImplausibleTimestamp() throws Exception {
    ConsumerRecord<byte[], byte[]> record =
        ResultEnvelopeTest.received(
            new ProducerRecord<>("video.chunks", 2, Long.MAX_VALUE, "cam", MEDIA));
    Unreadable unreadable = (Unreadable) ENVELOPE.read(record);
    assertThat(unreadable.rejection().reason()).isEqualTo(Reason.BAD_TIME);
  }

  @Test
  void truncatesALongHeaderInTheRejection() throws Exception {
    ProducerRecord<String, byte[]> record = chunk();
    byte[] large = "x".repeat(3_000_000).getBytes(UTF_8);
    record.headers().remove("ce_type").add("ce_type", large).add("ce_redriven", large);
    ConsumerRecord<byte[], byte[]> received = ResultEnvelopeTest.received(record);
    Unreadable unreadable = (Unreadable) ENVELOPE.read(received);
    assertThat(unreadable.rejection().detail())
        .startsWith("header ce_type is none of")
        .hasSizeLessThan(2000);
    assertThat(RejectedRecord.of(received, unreadable).redriveOf()).isEmpty();
  }

  @Test
  void readsTheReferenceThatWasWritten() throws Exception {
    Media.Reference reference =
        new Media.Reference(URI.create("s3://bucket/a%20b.mp4"), 100, "0aF".repeat(21) + "b");
    ProducerRecord<String, byte[]> record = reference(reference);
    assertThat(header(record, "ce_type")).isEqualTo("io.chronoscope.chunk.reference");
    assertThat(header(record, "content-type")).isEqualTo("application/json");
    assertThat(schema("chunk-reference").validate(Json.parse(record.value()))).isEmpty();

    Chunk chunk = (Chunk) ENVELOPE.read(ResultEnvelopeTest.received(record));

    assertThat(chunk.media())
        .isEqualTo(
            new Media.Reference(
                reference.uri(), 100, reference.sha256().toLowerCase(java.util.Locale.ROOT)));
    assertThat(chunk.sizeBytes()).isEqualTo(100);
    assertThat(chunk.sequence()).hasValue(12);
    assertThat(chunk.declaredStart()).contains(Instant.EPOCH);
    assertThat(chunk.redriven()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        "{}; BAD_ENVELOPE; uri is missing",
        "[1]; BAD_ENVELOPE; not a JSON object",
        "no json; BAD_ENVELOPE; not JSON",
        "{'uri':'file:///a','sizeBytes':1}; BAD_ENVELOPE; sha256 is missing",
        "{'uri':'file:///a','sizeBytes':'1','sha256':'H'}; BAD_ENVELOPE; sizeBytes is not a whole",
        "{'uri':'file:///a','sizeBytes':-1,'sha256':'H'}; BAD_ENVELOPE; sizeBytes is negative",
        "{'uri':'file:///a','sizeBytes':0,'sha256':'H'}; EMPTY; no bytes",
        "{'uri':'file:///a','sizeBytes':101,'sha256':'H'}; TOO_LARGE; 101 bytes; at most 100",
        "{'uri':'file:///a','sizeBytes':1,'sha256':'Hx'}; BAD_ENVELOPE; sha256 is not 64",
        "{'uri':'file:///a','sizeBytes':1,'sha256':'abc'}; BAD_ENVELOPE; sha256 is not 64",
        "{'uri':'a/b','sizeBytes':1,'sha256':'H'}; BAD_ENVELOPE; uri is not absolute",
        "{'uri':'file:// /a','sizeBytes':1,'sha256':'H'}; BAD_ENVELOPE; uri is not a URI",
        "{'uri':7,'sizeBytes':1,'sha256':'H'}; BAD_ENVELOPE; uri is not a string",
        "{'uri':'file:///a','sizeBytes':1,'sha256':'H','then':2}; BAD_ENVELOPE; the field then is unknown",
      })
  void rejectsAMalformedReference(String json, Reason reason, String expected) throws Exception {
    byte[] value = json.replace('\'', '"').replace("H", "0a".repeat(32)).getBytes(UTF_8);
    ProducerRecord<String, byte[]> good = reference(new Media.Reference(SOURCE, 1, ""));
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>("video.chunks", null, "cam", value, good.headers());

    Unreadable unreadable = (Unreadable) ENVELOPE.read(ResultEnvelopeTest.received(record));

    assertThat(unreadable.rejection().reason()).isEqualTo(reason);
    assertThat(unreadable.rejection().detail()).contains(expected);
  }

  @Test
  void rejectsAReferenceWithAMissingOrOversizedValue() throws Exception {
    for (byte[] value : new byte[][] {null, {}, new byte[20_000]}) {
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(
              "video.chunks",
              null,
              "cam",
              value,
              reference(new Media.Reference(SOURCE, 1, "")).headers());
      Unreadable unreadable = (Unreadable) ENVELOPE.read(ResultEnvelopeTest.received(record));
      assertThat(unreadable.rejection().reason()).isEqualTo(Reason.BAD_ENVELOPE);
      assertThat(unreadable.rejection().detail()).contains("reference");
    }
  }

  @Test
  void redrivesAChunkWithItsMarkAndStartTime() throws Exception {
    ConsumerRecord<byte[], byte[]> rejected = ResultEnvelopeTest.received(chunk());
    Chunk redriven = redriven(rejected);
    assertThat(redriven.redriven()).isTrue();
    assertThat(redriven.declaredStart()).contains(Instant.EPOCH);
    assertThat(redriven.sequence()).hasValue(12);
    assertThat(redriven.sizeBytes()).isEqualTo(3);
  }

  @Test
  void redrivesABareRecordWithItsTimestampAsStartTime() throws Exception {
    ProducerRecord<String, byte[]> bare = new ProducerRecord<>("video.chunks", "cam", MEDIA);
    bare.headers().add("traceparent", "00-x".getBytes(UTF_8));

    Chunk redriven = redriven(ResultEnvelopeTest.received(bare));

    assertThat(redriven.redriven()).isTrue();
    assertThat(redriven.declaredStart()).contains(Instant.ofEpochMilli(1_700_000_000_123L));
    assertThat(redriven.sequence()).isEmpty();
  }

  private static Chunk redriven(ConsumerRecord<byte[], byte[]> rejected) throws Exception {
    ProducerRecord<byte[], byte[]> sent =
        RedrivenRecord.chunk(rejected, "video.chunks/3/17", SOURCE);
    assertThat(sent.partition()).isEqualTo(rejected.partition());
    assertThat(sent.key()).isEqualTo(rejected.key());
    ObjectNode headers = Json.newObject();
    for (Header header : sent.headers()) {
      headers.put(header.key(), new String(header.value(), UTF_8));
    }
    assertThat(schema("chunk-headers").validate(headers)).isEmpty();
    assertThat(headers.get("ce_redriven").asText()).isEqualTo("video.chunks/3/17");
    ProducerRecord<String, byte[]> text =
        new ProducerRecord<>("video.chunks", null, "cam", sent.value(), sent.headers());
    ConsumerRecord<byte[], byte[]> received = ResultEnvelopeTest.received(text);
    Chunk chunk = (Chunk) ENVELOPE.read(received);
    assertThat(RejectedRecord.of(received, chunk).redriveOf()).contains("video.chunks/3/17");
    return chunk;
  }

  @Test
  void rejectsEmptyAndOversizedMedia() throws Exception {
    for (byte[] empty : new byte[][] {null, {}}) {
      StreamInput bare =
          ENVELOPE.read(
              ResultEnvelopeTest.received(new ProducerRecord<>("video.chunks", "cam", empty)));
      assertThat(((Unreadable) bare).rejection().reason()).isEqualTo(Reason.EMPTY);
    }
    StreamInput large =
        ENVELOPE.read(
            ResultEnvelopeTest.received(
                new ProducerRecord<>("video.chunks", "cam", new byte[101])));
    assertThat(((Unreadable) large).rejection().reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(((Unreadable) large).rejection().detail()).contains("101", "100");
  }

  @Test
  void cannotNameTheStreamOfARecordWithoutAUsableKey() {
    for (String key : new String[] {null, "", "  ", "x".repeat(513), "ü".repeat(257)}) {
      ConsumerRecord<byte[], byte[]> record =
          ResultEnvelopeTest.received(new ProducerRecord<>("video.chunks", key, MEDIA));
      assertThatThrownBy(() -> ENVELOPE.read(record))
          .isInstanceOf(NoStreamException.class)
          .hasMessageContaining("key");
    }
  }

  /// Reading must not fail, whatever headers a foreign producer sends.
  @Test
  void survivesBinaryHeaders() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    java.util.Random random = new java.util.Random(seed);
    Map<String, Integer> seen = new TreeMap<>();
    for (int i = 0; i < 2000; i++) {
      ProducerRecord<String, byte[]> record = chunk();
      Header[] headers = record.headers().toArray();
      String name = headers[random.nextInt(headers.length)].key();
      byte[] value = new byte[random.nextInt(6)];
      random.nextBytes(value);
      record.headers().remove(name).add(name, random.nextInt(10) == 0 ? null : value);
      StreamInput input = ENVELOPE.read(ResultEnvelopeTest.received(record));
      seen.merge(input.getClass().getSimpleName(), 1, Integer::sum);
    }
    assertThat(seen).containsKeys("Unreadable", "Chunk");
  }

  private static JsonSchema schema(String name) throws Exception {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(Files.newInputStream(Path.of("kafka/schemas", name + ".schema.json")));
  }

  private static String header(ProducerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private static ProducerRecord<String, byte[]> reference(Media.Reference reference) {
    return ChunkRecords.reference(
        "video.chunks", SOURCE, "cam", 12, Instant.EPOCH, Duration.ofSeconds(4), reference);
  }

  private static ProducerRecord<String, byte[]> chunk() {
    return ChunkRecords.chunk(
        "video.chunks",
        SOURCE,
        "cam",
        12,
        Instant.EPOCH,
        Duration.ofSeconds(4),
        "video/mp4",
        MEDIA);
  }
}
