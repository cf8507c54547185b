package io.chronoscope.analysis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.tracing.SendTraces;
import io.chronoscope.tracing.StreamTraces;
import io.chronoscope.tracing.TracedCommitSink;
import io.chronoscope.tracing.Tracing;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ChunkRecords;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.TopicNames;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Traces a chunk from its record's headers, through the analysis on the stream's own thread, to
/// the headers of the results.
class TracedStreamTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final URI SOURCE = URI.create("/test");
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SENT = "b7ad6b7169203331";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk telemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .build();
  private final Tracing tracing = Tracing.through(telemetry);
  private final StreamTraces traces = new StreamTraces(tracing);
  private final ResultEnvelope results =
      new ResultEnvelope(
          TopicNames.DEFAULT, SOURCE, (result, headers) -> traces.addTo(headers, result.stream()));
  private final StreamFixture fixture = new StreamFixture().clock(InstantSource.system());
  private final BlockingQueue<Written> written = new LinkedBlockingQueue<>();
  private final LampVideo.Script script = new LampVideo.Script(40).on('a', 2, 6);

  /// A commit and its records; written by another thread than the stream's, as the real sink does.
  private record Written(StreamCommit commit, List<ProducerRecord<String, byte[]>> records) {}

  @AfterEach
  void close() {
    fixture.close();
    tracing.close();
  }

  @Test
  void aTraceContinuesFromTheHeadersOfAChunkToThoseOfItsResults() throws Exception {
    try (StreamAnalysis analysis = analysis()) {
      offer(analysis, chunk(0, 0, 5), "00-" + TRACE + "-" + SENT + "-01", "vendor=word");
      offer(analysis, chunk(1, 5, 10), null, null);

      Written window = written.poll(20, TimeUnit.SECONDS);

      assertThat(window).isNotNull();
      Map<String, SpanData> last = spansOf(1);
      SpanData spanOfWindow = last.get("window");
      assertThat(last).containsKeys("receive video.chunks", "chunk", "decode", "encode", "answer");
      assertThat(parent("chunk", last)).isEqualTo(last.get("receive video.chunks").getSpanId());
      assertThat(parent("decode", last)).isEqualTo(last.get("chunk").getSpanId());
      assertThat(parent("window", last)).isEqualTo(last.get("chunk").getSpanId());
      for (String name : List.of("encode", "answer", "commit")) {
        assertThat(parent(name, last)).as(name).isEqualTo(spanOfWindow.getSpanId());
      }

      assertThat(traces.traceId("cam")).contains(last.get("chunk").getTraceId());
      assertThat(traces.traceId("another")).isEmpty();

      // The window is based on both chunks; the first was sent in a trace of its own.
      SpanData received = receivedIn(TRACE);
      assertThat(received.getParentSpanId()).isEqualTo(SENT);
      assertThat(received.getSpanContext().getTraceState().get("vendor")).isEqualTo("word");
      assertThat(spanOfWindow.getLinks())
          .extracting(LinkData::getSpanContext)
          .extracting(context -> context.getSpanId())
          .containsExactly(received.getSpanId(), last.get("receive video.chunks").getSpanId());

      assertThat(window.records())
          .isNotEmpty()
          .allSatisfy(record ->
              // Flags: sampled, and random where the trace began here.
              assertThat(header(record.headers(), "traceparent"))
                  .matches(
                      "00-%s-%s-0[13]"
                          .formatted(spanOfWindow.getTraceId(), last.get("commit").getSpanId())));
    }
  }

  @Test
  void theTraceOfAnOnlyChunkReachesItsResults() throws Exception {
    try (StreamAnalysis analysis = analysis()) {
      offer(analysis, chunk(0, 0, 8), "00-" + TRACE + "-" + SENT + "-01", "vendor=word");
      offer(analysis, ChunkRecords.endOfStream("video.chunks", SOURCE, "cam"), 1, null, null);

      Written window = written.poll(20, TimeUnit.SECONDS);

      assertThat(window).isNotNull();
      assertThat(window.records())
          .isNotEmpty()
          .allSatisfy(record -> {
            assertThat(header(record.headers(), "traceparent")).contains(TRACE);
            assertThat(header(record.headers(), "tracestate")).isEqualTo("vendor=word");
          });
    }
  }

  @Test
  void aMalformedTraceparentIsIgnored() throws Exception {
    for (String malformed :
        List.of(
            "",
            "no trace",
            "00-" + TRACE + "-" + SENT,
            "00-00000000000000000000000000000000-" + SENT + "-01",
            "ff-" + TRACE + "-" + SENT + "-01",
            "00-" + TRACE.toUpperCase() + "x-" + SENT + "-01")) {
      exporter.reset();
      try (StreamAnalysis analysis = analysis()) {
        offer(analysis, chunk(0, 0, 10), malformed, "also, not = right\u0000");

        assertThat(written.poll(20, TimeUnit.SECONDS)).as(malformed).isNotNull();
        Map<String, SpanData> spans = spansOf(0);
        assertThat(spans.get("receive video.chunks").getParentSpanContext().isValid()).isFalse();
        assertThat(spans.get("window").getTraceId())
            .isEqualTo(spans.get("receive video.chunks").getTraceId())
            .isNotEqualTo(TRACE);
      }
    }
  }

  @Test
  void aRejectedChunkIsAnErrorInItsTrace() throws Exception {
    try (StreamAnalysis analysis = analysis()) {
      ProducerRecord<String, byte[]> garbage =
          ChunkRecords.chunk(
              "video.chunks",
              SOURCE,
              "cam",
              0,
              NOON,
              Duration.ofSeconds(2),
              "video/mp4",
              "garbage".getBytes(UTF_8));
      offer(analysis, garbage, 0, "00-" + TRACE + "-" + SENT + "-01", null);

      Written letter = written.poll(20, TimeUnit.SECONDS);

      assertThat(letter).isNotNull();
      assertThat(header(letter.records().getFirst().headers(), "traceparent")).contains(TRACE);
      SpanData span = spansOf(0).get("chunk");
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(span.getStatus().getDescription()).isNotBlank();
    }
  }

  @Test
  void aSenderStartsATracePerChunk() {
    ProducerRecord<String, byte[]> first = chunk(0, 0, 2);
    ProducerRecord<String, byte[]> second = chunk(1, 2, 4);
    SendTraces sender = new SendTraces(tracing);

    sender.sending(first).accept(null);
    sender.sending(second).accept(new IllegalStateException("no broker"));

    List<SpanData> sent = exporter.getFinishedSpanItems();
    assertThat(sent).hasSize(2).allMatch(span -> span.getName().equals("send video.chunks"));
    assertThat(header(first.headers(), "traceparent")).contains(sent.getFirst().getTraceId());
    assertThat(sent.getFirst().getTraceId()).isNotEqualTo(sent.getLast().getTraceId());
    assertThat(sent.getLast().getStatus().getDescription()).isEqualTo("no broker");
  }

  @Test
  void noHeaderIsAddedWithoutTracing() throws Exception {
    StreamTraces off = new StreamTraces(Tracing.off());
    ProducerRecord<String, byte[]> chunk = chunk(0, 0, 2);

    SendTraces.NONE.sending(chunk).accept(null);
    off.received(read(chunk, 0)).accept(null);
    off.on(
        new AnalysisEvent.InputStarted(
            "cam", new io.chronoscope.domain.ChunkOrigin("video.chunks", 0, 0)));
    off.addTo(chunk.headers(), "cam");

    assertThat(chunk.headers().lastHeader("traceparent")).isNull();
  }

  @Test
  void isOffUnlessEnabledOrGivenAnEndpoint() {
    assertThat(Tracing.open(Optional.empty(), name -> null).isOn()).isFalse();
    assertThat(Tracing.open(Optional.of(false), name -> "http://localhost:4318").isOn()).isFalse();
    try (Tracing addressed =
        Tracing.open(
            Optional.empty(),
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")::get)) {
      assertThat(addressed.isOn()).isTrue();
    }
    try (Tracing wanted = Tracing.open(Optional.of(true), name -> null)) {
      assertThat(wanted.isOn()).isTrue();
    }
  }

  private StreamAnalysis analysis() {
    AnalysisSettings settings =
        LampModel.settings(
            new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)), Duration.ofMinutes(5));
    CommitSink sink =
        commit ->
            CompletableFuture.runAsync(() ->
                written.add(
                    new Written(
                        commit,
                        commit.results().stream()
                            .map(result -> results.write(result, 4))
                            .toList())));
    return new StreamAnalysis(
        settings, fixture.sink(new TracedCommitSink(sink, traces)).listener(traces).tools());
  }

  private ProducerRecord<String, byte[]> chunk(long sequence, double from, double to) {
    ByteBuffer media = script.chunk(from, to);
    byte[] bytes = new byte[media.remaining()];
    media.duplicate().get(bytes);
    return ChunkRecords.chunk(
        "video.chunks",
        SOURCE,
        "cam",
        sequence,
        NOON.plusMillis(Math.round(from * 1000)),
        Duration.ofMillis(Math.round((to - from) * 1000)),
        "video/mp4",
        bytes);
  }

  private void offer(
      StreamAnalysis analysis, ProducerRecord<String, byte[]> sent, String parent, String state)
      throws Exception {
    long sequence = Long.parseLong(header(sent.headers(), "ce_sequence"));
    offer(analysis, sent, sequence, parent, state);
  }

  private void offer(
      StreamAnalysis analysis,
      ProducerRecord<String, byte[]> sent,
      long offset,
      String parent,
      String state)
      throws Exception {
    if (parent != null) {
      sent.headers().add("traceparent", parent.getBytes(UTF_8));
    }
    if (state != null) {
      sent.headers().add("tracestate", state.getBytes(UTF_8));
    }
    ConsumerRecord<byte[], byte[]> record = read(sent, offset);
    var handedOn = traces.received(record);
    StreamInput input = new ChunkEnvelope(1 << 20).read(record);
    analysis.offer(input);
    handedOn.accept(null);
  }

  private static ConsumerRecord<byte[], byte[]> read(
      ProducerRecord<String, byte[]> sent, long offset) {
    return new ConsumerRecord<>(
        sent.topic(),
        0,
        offset,
        NOON.toEpochMilli(),
        TimestampType.CREATE_TIME,
        0,
        0,
        sent.key().getBytes(UTF_8),
        sent.value(),
        sent.headers(),
        Optional.empty());
  }

  /// The spans of a chunk's trace by name, once its window is complete.
  private Map<String, SpanData> spansOf(long offset) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      List<SpanData> all = exporter.getFinishedSpanItems();
      Map<String, SpanData> of = new HashMap<>();
      all.stream()
          .filter(span -> span.getName().startsWith("receive"))
          .filter(span -> offset == offsetOf(span))
          .findFirst()
          .ifPresent(received ->
              of.putAll(
                  all.stream()
                      .filter(span -> span.getTraceId().equals(received.getTraceId()))
                      .collect(Collectors.toMap(SpanData::getName, span -> span, (a, b) -> b))));
      if (of.containsKey("chunk")) {
        return of;
      }
      assertThat(System.nanoTime()).as("%s", all).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static long offsetOf(SpanData span) {
    return span.getAttributes().asMap().entrySet().stream()
        .filter(entry -> entry.getKey().getKey().equals("messaging.kafka.offset"))
        .map(entry -> (Long) entry.getValue())
        .findFirst()
        .orElseThrow();
  }

  private SpanData receivedIn(String trace) {
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getTraceId().equals(trace) && span.getName().startsWith("receive"))
        .findFirst()
        .orElseThrow();
  }

  private static String parent(String name, Map<String, SpanData> spans) {
    return spans.get(name).getParentSpanId();
  }

  private static String header(Headers headers, String key) {
    Header header = headers.lastHeader(key);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
