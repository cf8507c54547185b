package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.rule.Rule;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/// The output of this package's writers for every kind of input: every type, every constant,
/// optional values present and absent, awkward texts, numbers and times at their limits.
/// `RecordTopics` recorded it; it must not change.
public final class RecordedSamples {

  private static final URI SERVICE = URI.create("/chronoscope");
  private static final URI PRODUCE = URI.create("/chronoscope/produce");
  private static final URI REDRIVE = URI.create("/chronoscope/dlq");
  private static final TopicNames TOPICS = TopicNames.DEFAULT;
  private static final int PARTITIONS = 4;

  /// Quotes, control characters, separators, composed and uncomposed, beyond the basic plane, and
  /// half a pair.
  public static final String ODD =
      "\"quoted\" 'single' \\ back / slash <b>&amp;</b> %20 \u0000\u0001\b\t\n\u000b\f\r\u001b\u001f"
          + "\u007f\u0080\u009f \u00a0\u2028\u2029\ufeff\ufffd ü ß é e\u0301 \u0130 猫が歩く 红色圆圈 عربي"
          + " \uD83D\uDE00 \uD83D\uDC69\u200D\uD83D\uDC67 \uD83D|";

  /// The same, restricted to what may be part of a prompt.
  static final String ODD_WORDS = "a \"red\" \\ circle / 红色圆圈 ü e\u0301 \uD83D\uDE00 <b>&amp;</b>";

  static final String ODD_STREAM = "cam \"Süd\"/7\\ 门 \uD83C\uDFA5\t*";

  public static final List<Instant> TIMES =
      List.of(
          Instant.parse("2026-01-02T03:04:05.678901Z"),
          Instant.parse("2026-01-02T03:04:05.678Z"),
          Instant.parse("2026-01-02T03:04:05.600Z"),
          Instant.parse("2026-01-02T03:04:05.000001Z"),
          Instant.parse("2026-01-02T03:04:05Z"),
          Instant.parse("2026-01-02T03:04:00Z"),
          Instant.EPOCH,
          Instant.parse("1969-12-31T23:59:59.999999Z"),
          Instant.parse("2199-12-31T23:59:59.999999Z"));

  private static final ModelRef MODEL = new ModelRef("demo", "0e036b33f195");
  private static final Sampling SAMPLING = new Sampling(20, 2, "target", 1280, 448, 252, 731, 1);
  private static final ChunkOrigin ORIGIN = new ChunkOrigin("video.chunks", 1, 7);

  private final List<RecordedRecord> records = new ArrayList<>();

  private RecordedSamples() {}

  /// Of every topic except the state topic.
  public static List<RecordedRecord> all() {
    RecordedSamples samples = new RecordedSamples();
    samples.events();
    samples.summaries();
    samples.gapsAndEnds();
    samples.alerts();
    samples.answers();
    samples.deadLetters();
    samples.chunks();
    samples.rules();
    samples.questions();
    return List.copyOf(samples.records);
  }

  /// Samplings that differ in how their numbers are written.
  public static List<Sampling> samplings() {
    List<Sampling> all = new ArrayList<>();
    for (double fps :
        new double[] {
          0,
          -0.0,
          1,
          0.1 + 0.2,
          29.97,
          1 / 3.0,
          100,
          1e-3,
          9.999e-4,
          1e7,
          12_345_678.9,
          Double.MIN_VALUE,
          Double.MAX_VALUE
        }) {
      all.add(new Sampling(0, fps, "", 0, 0, 0, 0, 0));
    }
    all.add(
        new Sampling(
            Integer.MAX_VALUE,
            2,
            ODD,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            Integer.MAX_VALUE));
    all.add(new Sampling(-1, 2, "x", -1, -1, Integer.MIN_VALUE, Long.MIN_VALUE, -1));
    return all;
  }

  private void add(Result result) {
    add(new ResultEnvelope(TOPICS, SERVICE).write(result, PARTITIONS));
  }

  private void add(ProducerRecord<?, byte[]> record) {
    records.add(RecordedRecord.ofSample(record, false));
  }

  private static VideoEvent event(String id, Status status, Instant start, String description) {
    return new VideoEvent(
        id,
        1,
        status,
        "cam-7",
        new TimeSpan(start, start.plusMillis(2500), 1000, 3500),
        250,
        description,
        new Provenance(MODEL, SAMPLING),
        List.of(ORIGIN, new ChunkOrigin("video.chunks", 1, 9)));
  }

  private void events() {
    for (Status status : Status.values()) {
      add(event("evt-" + status, status, TIMES.getFirst(), "a red circle moves left"));
    }
    for (Instant time : TIMES) {
      add(event("evt-t", Status.OPEN, time, ""));
    }
    add(
        new VideoEvent(
            "evt " + ODD,
            Integer.MAX_VALUE,
            Status.CLOSED,
            ODD_STREAM,
            new TimeSpan(TIMES.getFirst(), TIMES.getFirst(), Long.MIN_VALUE, Long.MAX_VALUE),
            Long.MAX_VALUE,
            ODD,
            new Provenance(new ModelRef(ODD, ""), SAMPLING),
            List.of()));
    add(
        new VideoEvent(
            "evt-neg",
            0,
            Status.UPDATE,
            ODD,
            new TimeSpan(TIMES.get(1), TIMES.get(2).plusSeconds(1), -1, 0),
            0,
            " ",
            new Provenance(new ModelRef("", ODD), SAMPLING),
            List.of(
                new ChunkOrigin(ODD, Integer.MAX_VALUE, Long.MAX_VALUE),
                new ChunkOrigin("c", 0, 0))));
    int number = 0;
    for (Sampling sampling : samplings()) {
      add(
          new VideoEvent(
              "evt-s" + number++,
              1,
              Status.CLOSED,
              "s".repeat(512),
              new TimeSpan(TIMES.getFirst(), TIMES.getFirst(), 0, 0),
              0,
              "x",
              new Provenance(MODEL, sampling),
              List.of(ORIGIN)));
    }
    // As it is written where traces are on.
    add(
        new ResultEnvelope(TOPICS, SERVICE, RecordedSamples::trace)
            .write(event("evt-traced", Status.OPEN, TIMES.getFirst(), "traced"), PARTITIONS));
  }

  private static void trace(Result result, Headers headers) {
    headers.add(
        "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(UTF_8));
    headers.add("tracestate", "vendor=1".getBytes(UTF_8));
  }

  private void summaries() {
    for (Level level : Level.values()) {
      add(summary("sum-" + level, 1, level, "cam-7", "a red circle", List.of("a", "b")));
    }
    add(summary("sum-none", 2, Level.WINDOW, "cam-7", "", List.of()));
    add(summary("sum-odd " + ODD, Integer.MAX_VALUE, Level.HOUR, ODD_STREAM, ODD, List.of(ODD)));
    for (String text : List.of("", "no JSON: {\"events\":[", ODD)) {
      add(
          new Unanswered(
              "sum-un" + text.length(),
              text.isEmpty() ? "cam-7" : ODD_STREAM,
              new TimeSpan(TIMES.get(1), TIMES.get(1).plusSeconds(60), 0, 60_000),
              text,
              text,
              new Provenance(MODEL, SAMPLING)));
    }
  }

  private static Summary summary(
      String id, int revision, Level level, String stream, String text, List<String> restsOn) {
    return new Summary(
        id,
        revision,
        level,
        stream,
        new TimeSpan(TIMES.get(4), TIMES.getFirst(), 0, 678),
        text,
        new Provenance(MODEL, SAMPLING),
        restsOn);
  }

  private void gapsAndEnds() {
    for (Gap.Cause cause : Gap.Cause.values()) {
      add(gap("gap-" + cause, 1, Status.CLOSED, "cam-7", cause, "chunk 3 did not come"));
    }
    add(gap("gap-back", 2, Status.WITHDRAWN, "cam-7", Gap.Cause.MISSING, ""));
    add(gap(ODD, Integer.MAX_VALUE, Status.WITHDRAWN, ODD_STREAM, Gap.Cause.CLOCK, ODD));
    add(new StreamEnd("end-1", "cam-7", TIMES.get(4), TIMES.getFirst(), 678, 3, 17, 0));
    add(new StreamEnd("end-0", "cam-8", Instant.EPOCH, Instant.EPOCH, 0, 0, 0, 0));
    add(
        new StreamEnd(
            ODD,
            ODD_STREAM,
            TIMES.get(1),
            TIMES.getLast(),
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MIN_VALUE));
  }

  private static Gap gap(
      String id, int revision, Status status, String stream, Gap.Cause cause, String detail) {
    return new Gap(
        id,
        revision,
        status,
        stream,
        new TimeSpan(TIMES.get(1), TIMES.getFirst(), 0, 60_000),
        cause,
        detail);
  }

  private void alerts() {
    for (Status status : Status.values()) {
      for (Optional<String> event : List.of(Optional.<String>empty(), Optional.of("evt-1"))) {
        add(
            new Alert(
                "alr-" + status + event.isPresent(),
                2,
                status,
                "stops",
                "a red circle stops",
                3,
                "cam-7",
                new TimeSpan(TIMES.get(1), TIMES.getFirst(), 1, 2),
                500,
                0.93,
                event,
                new Provenance(MODEL, SAMPLING),
                event.isPresent() ? List.of(ORIGIN) : List.of(),
                Certainty.UNSTATED));
      }
    }
    for (double score : new double[] {0, 1, 1e-9, 0.1 + 0.2, 1 / 3.0, Math.nextDown(1.0)}) {
      add(
          new Alert(
              ODD,
              Integer.MAX_VALUE,
              Status.OPEN,
              ODD,
              ODD_WORDS,
              Integer.MIN_VALUE,
              ODD_STREAM,
              new TimeSpan(TIMES.get(1), TIMES.getFirst(), Long.MIN_VALUE, Long.MAX_VALUE),
              Long.MAX_VALUE,
              score,
              Optional.of(ODD),
              new Provenance(MODEL, SAMPLING),
              List.of(ORIGIN),
              Certainty.UNSTATED));
    }
  }

  private void answers() {
    QuestionAnswer.Span span =
        new QuestionAnswer.Span(TIMES.get(1), TIMES.getFirst(), 250, 0.75, List.of(ORIGIN));
    QuestionAnswer.Span bare = new QuestionAnswer.Span(TIMES.get(5), TIMES.get(5), 0, 1, List.of());
    QuestionAnswer.NotSeen part = new QuestionAnswer.NotSeen(TIMES.get(1), TIMES.getFirst(), ODD);
    for (int bits = 0; bits < 64; bits++) {
      add(
          new QuestionAnswer(
              "q-" + bits,
              bits % 2 == 0 ? "cam-7" : ODD_STREAM,
              bits % 2 == 0 ? "a blue square appears" : ODD_WORDS,
              when(bits, 0, TIMES.get(bits % TIMES.size())),
              when(bits, 1, TIMES.getLast()),
              when(bits, 2, bits % 2 == 0 ? "from (…) is not before to (…)" : ODD),
              when(bits, 3, List.of(span, bare)).orElse(List.of()),
              when(bits, 4, List.of(part, part)).orElse(List.of()),
              MODEL,
              when(bits, 5, SAMPLING)));
    }
    add(
        new QuestionAnswer(
            ODD,
            ODD_STREAM,
            "",
            Optional.of(Instant.parse("-0001-01-01T00:00:00Z")),
            Optional.of(Instant.parse("+12026-01-01T00:00:00.000001Z")),
            Optional.of(""),
            List.of(),
            List.of(),
            MODEL,
            Optional.empty()));
  }

  private static <T> Optional<T> when(int bits, int bit, T value) {
    return (bits >> bit & 1) == 1 ? Optional.of(value) : Optional.empty();
  }

  private void deadLetters() {
    ResultEnvelope envelope = new ResultEnvelope(TOPICS, SERVICE);
    long offset = 0;
    for (Rejection.Reason reason : Rejection.Reason.values()) {
      DeadLetter letter =
          new DeadLetter(
              "cam-7",
              new ChunkOrigin("video.chunks", 2, offset++),
              new Rejection(reason, "what was wrong"));
      add(letter);
      add(
          envelope.write(
              letter,
              new RejectedRecord(
                  Instant.ofEpochMilli(1_700_000_000_123L),
                  4200,
                  Optional.empty(),
                  Optional.empty()),
              PARTITIONS));
    }
    Media.Reference reference =
        new Media.Reference(URI.create("s3://b/k%20%C3%BC"), 4_200_000_000L, "0a".repeat(32));
    for (int bits = 0; bits < 4; bits++) {
      add(
          envelope.write(
              new DeadLetter(
                  ODD_STREAM,
                  new ChunkOrigin("video.questions", Integer.MAX_VALUE, Long.MAX_VALUE),
                  new Rejection(Rejection.Reason.CORRUPT, ODD)),
              new RejectedRecord(
                  bits == 0 ? Instant.EPOCH : Instant.ofEpochMilli(1_700_000_000_000L),
                  bits == 0 ? 0 : Integer.MAX_VALUE,
                  when(bits, 0, reference),
                  when(bits, 1, "video.chunks/0/3")),
              PARTITIONS));
    }
    add(
        new DeadLetter(
            "video.chunks-2",
            ORIGIN,
            new Rejection(Rejection.Reason.BAD_ENVELOPE, "\uD83D\uDE00".repeat(700))));
    for (String stream : List.of("cam-7", ODD_STREAM)) {
      add(
          new RedriveMark(
                  "video.chunks/2/417",
                  stream,
                  Instant.parse("2026-01-02T03:04:05.678Z"),
                  new ChunkOrigin("video.chunks", 2, 999))
              .record(TOPICS.of(Topic.DEAD_LETTERS), REDRIVE, PARTITIONS));
    }
    add(
        new RedriveMark(
                "video.rules/0/0",
                "video.rules-0",
                Instant.parse("2026-01-02T03:04:05Z"),
                new ChunkOrigin("video.rules", 0, Long.MAX_VALUE))
            .record(TOPICS.of(Topic.DEAD_LETTERS), REDRIVE, PARTITIONS));
  }

  private void chunks() {
    long sequence = 0;
    for (Instant time : TIMES.stream().filter(time -> !time.isBefore(Instant.EPOCH)).toList()) {
      add(chunk("cam-7", sequence++, time, Duration.ofMillis(4004), "video/mp4", "tiny"));
    }
    add(chunk(ODD_STREAM, 0, TIMES.get(4), Duration.ZERO, "video/mp2t", "\u0000\u00ff"));
    add(chunk("cam-7", (1L << 53) - 1, TIMES.get(4), Duration.ofDays(1), "video/webm", "x"));
    add(reference("cam-7", URI.create("file:///media/cam%207/17.mp4"), 812_345));
    add(reference(ODD_STREAM, URI.create("s3://bucket/猫/\uD83D\uDE00"), Integer.MAX_VALUE));
    add(ChunkRecords.endOfStream(TOPICS.of(Topic.CHUNKS), PRODUCE, "cam-7"));
    add(ChunkRecords.endOfStream(TOPICS.of(Topic.CHUNKS), PRODUCE, ODD_STREAM));
    String letter = "video.chunks/2/417";
    redriven(chunk("cam-7", 3, TIMES.getFirst(), Duration.ofSeconds(4), "video/mp4", "m"), letter);
    redriven(reference("cam-7", URI.create("s3://bucket/k"), 1), letter);
    // Redriven before, for another letter.
    ProducerRecord<String, byte[]> second =
        chunk("cam-7", 4, TIMES.getFirst(), Duration.ofSeconds(4), "video/mp4", "m");
    second.headers().add("ce_redriven", "video.chunks/2/11".getBytes(UTF_8));
    redriven(second, letter);
    ProducerRecord<String, byte[]> untimed =
        chunk("cam-7", 5, TIMES.getFirst(), Duration.ofSeconds(4), "video/mp4", "m");
    untimed.headers().remove("ce_time");
    redriven(untimed, letter);
    redriven(
        new ProducerRecord<>(TOPICS.of(Topic.CHUNKS), "bare", new byte[] {0, 1, 2, -1}), letter);
    ProducerRecord<String, byte[]> typed =
        new ProducerRecord<>(TOPICS.of(Topic.CHUNKS), ODD_STREAM, new byte[] {-1});
    typed.headers().add("content-type", "video/mp4".getBytes(UTF_8));
    typed.headers().add("own", new byte[] {(byte) 0xc0, 0});
    typed.headers().add("own", null);
    redriven(typed, letter);
  }

  private static ProducerRecord<String, byte[]> chunk(
      String stream, long sequence, Instant start, Duration length, String type, String media) {
    return ChunkRecords.chunk(
        TOPICS.of(Topic.CHUNKS),
        PRODUCE,
        stream,
        sequence,
        start,
        length,
        type,
        media.getBytes(UTF_8));
  }

  private static ProducerRecord<String, byte[]> reference(String stream, URI uri, long size) {
    return ChunkRecords.reference(
        TOPICS.of(Topic.CHUNKS),
        PRODUCE,
        stream,
        17,
        TIMES.get(1),
        Duration.ofMillis(4004),
        new Media.Reference(uri, size, "0123456789abcdef".repeat(4)));
  }

  private void redriven(ProducerRecord<String, byte[]> refused, String letter) {
    ConsumerRecord<byte[], byte[]> lay = RecordedRecord.sent(refused);
    records.add(
        RecordedRecord.ofSample(
            RedrivenRecord.chunk(at(lay, lay.headers(), 1_700_000_000_120L), letter, REDRIVE),
            true));
  }

  /// The same at another time and with other headers.
  static ConsumerRecord<byte[], byte[]> at(
      ConsumerRecord<byte[], byte[]> record, Headers headers, long timestamp) {
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        record.offset(),
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        record.key(),
        record.value(),
        new RecordHeaders(headers),
        Optional.empty());
  }

  private void rules() {
    for (double threshold : new double[] {0, 0.5, 1, 1e-9, 0.1 + 0.2}) {
      add(rule("tri", "a triangle", StreamPattern.ANY, threshold, Duration.ZERO, 0));
    }
    for (long coolDownMs : new long[] {1, 500, 1500, 60_000, 3_153_600_000_000L}) {
      add(
          rule(
              "c" + coolDownMs,
              "x",
              new StreamPattern("cam-*"),
              0.7,
              Duration.ofMillis(coolDownMs),
              Integer.MAX_VALUE));
    }
    add(
        rule(
            ODD,
            ODD_WORDS,
            new StreamPattern(ODD_STREAM),
            0.7,
            Duration.ofMinutes(1),
            Integer.MIN_VALUE));
    add(RuleRecord.remove(TOPICS.of(Topic.RULES), "tri"));
    add(RuleRecord.remove(TOPICS.of(Topic.RULES), ODD));
    for (String malformed : List.of("{\"text\":5}", "no JSON")) {
      again(TOPICS.of(Topic.RULES), malformed);
      again(TOPICS.of(Topic.QUESTIONS), malformed);
    }
  }

  /// A malformed record is redriven unchanged.
  private void again(String topic, String malformed) {
    ProducerRecord<String, byte[]> refused =
        new ProducerRecord<>(topic, 0, "id", malformed.getBytes(UTF_8));
    refused.headers().add("own", new byte[] {-1});
    records.add(
        RecordedRecord.ofSample(RedrivenRecord.unchanged(RecordedRecord.sent(refused)), true));
  }

  private static ProducerRecord<byte[], byte[]> rule(
      String id,
      String text,
      StreamPattern streams,
      double threshold,
      Duration coolDown,
      int priority) {
    return RuleRecord.put(
        TOPICS.of(Topic.RULES), new Rule(id, text, streams, threshold, coolDown, priority));
  }

  private void questions() {
    add(question("q-1", "cam-7", "a blue square appears", TIMES.get(1), TIMES.getFirst()));
    add(question("q-2", ODD_STREAM, ODD_WORDS, TIMES.get(5), TIMES.getLast()));
    add(
        question(
            "\"id\" \\ \u0001 猫 \uD83D\uDE00",
            ODD,
            "x",
            Instant.EPOCH,
            Instant.parse("9998-12-31T23:59:59.999999Z")));
  }

  private static ProducerRecord<byte[], byte[]> question(
      String id, String stream, String text, Instant from, Instant to) {
    return QuestionRecord.write(
        TOPICS.of(Topic.QUESTIONS), new Question(id, stream, text, from, to));
  }
}
