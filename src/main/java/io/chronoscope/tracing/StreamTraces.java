package io.chronoscope.tracing;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.AlertSuppressed;
import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.ChunkShed;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
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
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisEvent.StreamIdle;
import io.chronoscope.analysis.AnalysisEvent.StreamRevoked;
import io.chronoscope.analysis.AnalysisEvent.WindowAnalyzed;
import io.chronoscope.analysis.AnalysisEvent.WindowCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowEncoded;
import io.chronoscope.analysis.AnalysisEvent.WindowShed;
import io.chronoscope.analysis.AnalysisEvent.WindowStarted;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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

  /// The open spans of a stream. The map guards its creation and removal; its fields are written by
  /// the stream's own thread.
  private static final class OpenSpans {

    /// Context of the current input, or of the last one.
    private volatile Context input = Context.root();

    private volatile @Nullable ChunkOrigin origin;

    private volatile @Nullable Span inputSpan;
    private volatile @Nullable Span windowSpan;
    private volatile Context window = Context.root();
    private volatile boolean ended;

    /// Context of the commit that is being written.
    private volatile @Nullable Context writing;

    Context current() {
      return windowSpan == null ? input : window;
    }
  }

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
    return problem -> end(span, problem);
  }

  /// Adds the trace headers of the commit that is being written for a stream, if there is one.
  public void addTo(Headers headers, String stream) {
    OpenSpans spans = streams.get(stream);
    Context writing = spans == null ? null : spans.writing;
    if (writing != null) {
      TraceHeaders.write(writing, headers);
    }
  }

  /// Starts the `commit` span. Called on the stream's thread; a stream writes one commit at a time.
  ///
  /// @return ends the span when called with the outcome: null once the commit is durable
  Consumer<@Nullable Throwable> committing(StreamCommit commit) {
    if (!tracing.isOn()) {
      return problem -> {};
    }
    OpenSpans spans = streams.computeIfAbsent(commit.stream(), stream -> new OpenSpans());
    Context parent = spans.current();
    Span span =
        span("commit", commit.stream(), parent)
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute("chronoscope.results", commit.results().size())
            .startSpan();
    spans.writing = parent.with(span);
    return problem -> {
      spans.writing = null;
      end(span, problem);
    };
  }

  @Override
  public void on(AnalysisEvent event) {
    switch (event) {
      case InputStarted input -> inputStarted(input.stream(), input.origin());
      case InputCompleted input -> inputCompleted(input.stream());
      case WindowStarted window -> windowStarted(window);
      case WindowCompleted window -> windowCompleted(window.stream());
      case ChunkDecoded chunk ->
          completed(
              chunk.stream(),
              "decode",
              chunk.took(),
              span ->
                  span.setAttribute("chronoscope.frames", chunk.facts().frames())
                      .setAttribute("chronoscope.frames.sampled", chunk.sampledFrames()));
      case ChunkRejected chunk -> chunkRejected(chunk.stream(), chunk.rejection());
      case DuplicateChunkSkipped chunk ->
          onInput(chunk.stream(), span -> span.setAttribute("chronoscope.skipped", true));
      case WindowEncoded window ->
          completed(
              window.stream(),
              "encode",
              window.took(),
              span ->
                  span.setAttribute("chronoscope.pairs", window.pairs())
                      .setAttribute("chronoscope.pairs.reused", window.reused()));
      case WindowAnalyzed window ->
          completed(
              window.stream(),
              "answer",
              window.took(),
              span ->
                  span.setAttribute("chronoscope.frames", window.sampling().framesSeen())
                      .setAttribute("chronoscope.fps", window.sampling().fps())
                      .setAttribute("chronoscope.tokens.video", window.sampling().videoTokens())
                      .setAttribute("chronoscope.tokens.generated", window.generatedTokens())
                      .setAttribute("chronoscope.events", window.events()));
      case MalformedAnswer answer -> malformedAnswer(answer);
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
          EventOpened _,
          RuleEvaluated _,
          RulesSkipped _,
          AlertSuppressed _,
          Progress _,
          StreamIdle _,
          StreamRevoked _ -> {}
    }
  }

  private void inputStarted(String stream, ChunkOrigin origin) {
    if (!tracing.isOn()) {
      return;
    }
    Context parent = received.getOrDefault(origin, Context.root());
    Span span = span("chunk", stream, parent).startSpan();
    OpenSpans spans = streams.computeIfAbsent(stream, name -> new OpenSpans());
    spans.ended = false;
    spans.inputSpan = span;
    spans.input = parent.with(span);
    spans.origin = origin;
  }

  private void inputCompleted(String stream) {
    OpenSpans spans = streams.get(stream);
    if (spans == null) {
      return;
    }
    Span window = spans.windowSpan;
    if (window != null) {
      // It failed before it completed.
      spans.windowSpan = null;
      window.setStatus(StatusCode.ERROR).end();
    }
    Span input = spans.inputSpan;
    if (input != null) {
      spans.inputSpan = null;
      input.end();
    }
    if (spans.ended) {
      streams.remove(stream);
    }
  }

  private void windowStarted(WindowStarted started) {
    if (!tracing.isOn()) {
      return;
    }
    String stream = started.stream();
    List<ChunkOrigin> chunks = started.chunks();
    OpenSpans spans = streams.computeIfAbsent(stream, name -> new OpenSpans());
    List<Context> basis = chunks.stream().map(received::get).filter(Objects::nonNull).toList();
    // At the end of a stream its last chunk is already completed; the end has its own trace.
    Context parent =
        basis.isEmpty() || chunks.contains(spans.origin) ? spans.input : basis.getLast();
    SpanBuilder builder =
        span("window", stream, parent).setAttribute("chronoscope.window", started.window());
    basis.forEach(chunk -> builder.addLink(Span.fromContext(chunk).getSpanContext()));
    Span span = builder.startSpan();
    spans.windowSpan = span;
    spans.window = parent.with(span);
  }

  private void windowCompleted(String stream) {
    OpenSpans spans = streams.get(stream);
    Span span = spans == null ? null : spans.windowSpan;
    if (spans != null && span != null) {
      spans.windowSpan = null;
      span.end();
    }
  }

  private void chunkRejected(String stream, Rejection rejection) {
    onInput(
        stream,
        span ->
            span.setStatus(StatusCode.ERROR, rejection.detail())
                .setAttribute("error.type", rejection.reason().name().toLowerCase(Locale.ROOT)));
  }

  private void malformedAnswer(MalformedAnswer answer) {
    OpenSpans spans = streams.get(answer.stream());
    Span window = spans == null ? null : spans.windowSpan;
    if (window != null) {
      window.addEvent(
          switch (answer.outcome()) {
            case REPORTED -> "answer unusable";
            case RETRIED -> "answer requested again";
          });
    }
  }

  private void streamEnded(String stream) {
    OpenSpans spans = streams.get(stream);
    if (spans == null) {
      return;
    }
    spans.ended = true;
    if (spans.inputSpan == null) {
      streams.remove(stream);
    }
  }

  /// Adds the span of an operation that has completed by now.
  private void completed(String stream, String name, Duration took, Consumer<Span> describe) {
    OpenSpans spans = streams.get(stream);
    if (spans == null) {
      return;
    }
    Instant now = Instant.now();
    Span span = span(name, stream, spans.current()).setStartTimestamp(now.minus(took)).startSpan();
    describe.accept(span);
    span.end(now);
  }

  private void onInput(String stream, Consumer<Span> describe) {
    OpenSpans spans = streams.get(stream);
    Span input = spans == null ? null : spans.inputSpan;
    if (input != null) {
      describe.accept(input);
    }
  }

  private SpanBuilder span(String name, String stream, Context parent) {
    return tracing
        .tracer()
        .spanBuilder(name)
        .setParent(parent)
        .setAttribute("chronoscope.stream", stream);
  }

  private static void end(Span span, @Nullable Throwable problem) {
    if (problem != null) {
      span.setStatus(StatusCode.ERROR, String.valueOf(problem.getMessage()));
    }
    span.end();
  }
}
