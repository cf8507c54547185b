package io.chronoscope.tracing;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.AlertSuppressed;
import io.chronoscope.analysis.AnalysisEvent.AnswerReused;
import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.ChunkShed;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
import io.chronoscope.analysis.AnalysisEvent.EventJudged;
import io.chronoscope.analysis.AnalysisEvent.EventOpened;
import io.chronoscope.analysis.AnalysisEvent.InputCompleted;
import io.chronoscope.analysis.AnalysisEvent.InputStarted;
import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.MediaFetched;
import io.chronoscope.analysis.AnalysisEvent.MediaUnavailable;
import io.chronoscope.analysis.AnalysisEvent.PartialAnalysisCompleted;
import io.chronoscope.analysis.AnalysisEvent.Progress;
import io.chronoscope.analysis.AnalysisEvent.RuleEvaluated;
import io.chronoscope.analysis.AnalysisEvent.RulesSkipped;
import io.chronoscope.analysis.AnalysisEvent.SpanChecked;
import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisEvent.StreamIdle;
import io.chronoscope.analysis.AnalysisEvent.StreamRevoked;
import io.chronoscope.analysis.AnalysisEvent.UnknownWords;
import io.chronoscope.analysis.AnalysisEvent.WindowAnalyzed;
import io.chronoscope.analysis.AnalysisEvent.WindowCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowEncoded;
import io.chronoscope.analysis.AnalysisEvent.WindowShed;
import io.chronoscope.analysis.AnalysisEvent.WindowSightings;
import io.chronoscope.analysis.AnalysisEvent.WindowStarted;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.wire.Json;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Turns the processing of a chunk into spans: `receive` (its parent comes from the record's
/// headers), below it `chunk` with `decode`, below that each `window` that the chunk completes,
/// with links to all chunks it is based on, and `encode`, `answer` and `commit` below the window.
///
/// Called on the threads of streams and on those that read and write records. Beyond some thousands
/// of chunks and streams at once the oldest are evicted: their traces end there.
public final class StreamTraces implements AnalysisListener {

  private static final int MAX_ENTRIES = 10_000;

  private final Tracing tracing;
  private final Map<ChunkOrigin, Context> received = bounded();
  private final Map<String, OpenSpans> streams = bounded();

  public StreamTraces(Tracing tracing) {
    this.tracing = tracing;
  }

  private static <K, V> Map<K, V> bounded() {
    return Collections.synchronizedMap(
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MAX_ENTRIES;
          }
        });
  }

  /// Starts the `receive` span of a record of the chunks topic.
  ///
  /// @return ends the span when called with the outcome: null for success
  public Consumer<@Nullable Throwable> received(ConsumerRecord<?, byte[]> record) {
    if (!tracing.isOn()) {
      return problem -> {};
    }
    Context parent = TraceHeaders.read(record.headers());
    Span span =
        tracing
            .tracer()
            .spanBuilder("receive " + record.topic())
            .setParent(parent)
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute("messaging.system", "kafka")
            .setAttribute("messaging.operation.type", "receive")
            .setAttribute("messaging.destination.name", record.topic())
            .setAttribute("messaging.destination.partition.id", "" + record.partition())
            .setAttribute("messaging.kafka.offset", record.offset())
            .setAttribute(
                "messaging.message.body.size", record.value() == null ? 0 : record.value().length)
            .startSpan();
    received.put(
        new ChunkOrigin(record.topic(), record.partition(), record.offset()), parent.with(span));
    return problem -> OpenSpans.end(span, problem);
  }

  /// The trace that a stream's work belongs to at the moment, for its log lines.
  public Optional<String> traceId(String stream) {
    OpenSpans spans = streams.get(stream);
    return spans == null ? Optional.empty() : spans.traceId();
  }

  /// Adds the trace headers of the commit that is being written for a stream, if there is one.
  public void addTo(Headers headers, String stream) {
    OpenSpans spans = streams.get(stream);
    Context commit = spans == null ? null : spans.commit();
    if (commit != null) {
      TraceHeaders.write(commit, headers);
    }
  }

  /// Starts the `commit` span. Called on the stream's thread; a stream writes one commit at a time.
  ///
  /// @return ends the span when called with the outcome: null once the commit is durable
  Consumer<@Nullable Throwable> committing(StreamCommit commit) {
    return tracing.isOn()
        ? spansOf(commit.stream()).startCommit(commit.results().size())
        : problem -> {};
  }

  @Override
  public void on(AnalysisEvent event) {
    switch (event) {
      case InputStarted input -> inputStarted(input.stream(), input.origin());
      case InputCompleted input -> inputCompleted(input.stream());
      case WindowStarted window -> windowStarted(window);
      case WindowCompleted window -> ifTraced(window.stream(), OpenSpans::endWindow);
      case ChunkDecoded chunk ->
          ifTraced(
              chunk.stream(),
              spans ->
                  spans.addCompleted(
                      "decode",
                      chunk.took(),
                      span ->
                          span.setAttribute("chronoscope.frames", chunk.facts().frames())
                              .setAttribute("chronoscope.frames.sampled", chunk.sampledFrames())));
      case ChunkRejected chunk ->
          ifTraced(
              chunk.stream(),
              spans -> spans.onInput(span -> describeRejection(span, chunk.rejection())));
      case DuplicateChunkSkipped chunk ->
          ifTraced(
              chunk.stream(),
              spans -> spans.onInput(span -> span.setAttribute("chronoscope.skipped", true)));
      case WindowEncoded window ->
          ifTraced(
              window.stream(),
              spans ->
                  spans.addCompleted(
                      "encode",
                      window.took(),
                      span ->
                          span.setAttribute("chronoscope.pairs", window.pairs())
                              .setAttribute("chronoscope.pairs.reused", window.reused())
                              .setAttribute("chronoscope.pairs.unchanged", window.unchanged())));
      case WindowAnalyzed window ->
          ifTraced(
              window.stream(),
              spans ->
                  spans.addCompleted(
                      "answer",
                      window.took(),
                      span ->
                          span.setAttribute("chronoscope.frames", window.sampling().framesSeen())
                              .setAttribute("chronoscope.fps", window.sampling().fps())
                              .setAttribute(
                                  "chronoscope.tokens.video", window.sampling().videoTokens())
                              .setAttribute(
                                  "chronoscope.tokens.generated", window.generatedTokens())
                              .setAttribute("chronoscope.events", window.events())));
      case MalformedAnswer answer ->
          ifTraced(answer.stream(), spans -> spans.onWindow(span -> describeAnswer(span, answer)));
      case StreamEnded ended -> streamEnded(ended.stream());
      case StreamFailed failed -> {
        inputCompleted(failed.stream());
        streams.remove(failed.stream());
      }
      case WindowShed _,
          PartialAnalysisCompleted _,
          ChunkShed _,
          MediaFetched _,
          MediaUnavailable _,
          AnswerReused _,
          EventOpened _,
          RuleEvaluated _,
          RulesSkipped _,
          AlertSuppressed _,
          SpanChecked _,
          EventJudged _,
          WindowSightings _,
          SpanRefused _,
          UnknownWords _,
          Progress _,
          StreamIdle _,
          StreamRevoked _ -> {}
    }
  }

  private void inputStarted(String stream, ChunkOrigin origin) {
    if (tracing.isOn()) {
      spansOf(stream).startInput(origin, received.getOrDefault(origin, Context.root()));
    }
  }

  private void inputCompleted(String stream) {
    OpenSpans spans = streams.get(stream);
    if (spans != null && spans.endInput() == OpenSpans.State.ENDED) {
      streams.remove(stream);
    }
  }

  private void windowStarted(WindowStarted started) {
    if (tracing.isOn()) {
      List<Context> basis =
          started.chunks().stream().map(received::get).filter(Objects::nonNull).toList();
      spansOf(started.stream()).startWindow(started.window(), started.chunks(), basis);
    }
  }

  private void streamEnded(String stream) {
    OpenSpans spans = streams.get(stream);
    if (spans != null && spans.endStream() == OpenSpans.State.ENDED) {
      streams.remove(stream);
    }
  }

  private static void describeRejection(Span span, Rejection rejection) {
    span.setStatus(StatusCode.ERROR, rejection.detail())
        .setAttribute("error.type", Json.nameOf(rejection.reason()));
  }

  private static void describeAnswer(Span span, MalformedAnswer answer) {
    span.addEvent(
        switch (answer.outcome()) {
          case REPORTED -> "answer unusable";
          case RETRIED -> "answer requested again";
          case REPAIRED -> "answer repaired";
        });
  }

  private OpenSpans spansOf(String stream) {
    return streams.computeIfAbsent(stream, name -> new OpenSpans(tracing, name));
  }

  private void ifTraced(String stream, Consumer<OpenSpans> action) {
    OpenSpans spans = streams.get(stream);
    if (spans != null) {
      action.accept(spans);
    }
  }
}
