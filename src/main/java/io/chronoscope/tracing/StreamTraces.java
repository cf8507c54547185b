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

/// What becomes of a chunk, as spans: `receive` (its parent is what the record's headers name),
/// under it `chunk` with `decode`, under that each `window` that the chunk completes, with links to
/// all chunks it rests on, and `encode`, `answer` and `commit` under the window.
///
/// Told by the streams' own threads, and by those that read and write records. Of chunks and
/// streams beyond some thousands at once the oldest are forgotten: their traces break off there.
public final class StreamTraces implements AnalysisListener {

  private static final int REMEMBERED = 10_000;

  private final Tracing tracing;
  private final Map<ChunkOrigin, Context> received = bounded();
  private final Map<String, Followed> streams = bounded();

  /// Where a stream stands. Guarded by the map that holds it for coming and going; its fields are
  /// written by the stream's own thread.
  private static final class Followed {

    /// Of the input that is, or was last, worked on.
    private volatile Context input = Context.root();

    private volatile @Nullable ChunkOrigin origin;

    private volatile @Nullable Span inputSpan;
    private volatile @Nullable Span windowSpan;
    private volatile Context window = Context.root();
    private volatile boolean over;

    /// Of the step that is being written.
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
            return size() > REMEMBERED;
          }
        });
  }

  /// A record of the chunks' topic was read.
  ///
  /// @return to be told when it was handed on: null when well
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

  /// Adds the headers of the step that is being written for a stream, if one is.
  public void addTo(Headers headers, String stream) {
    Followed followed = streams.get(stream);
    Context writing = followed == null ? null : followed.writing;
    if (writing != null) {
      TraceHeaders.write(writing, headers);
    }
  }

  /// A step is about to be written. Called on the stream's thread; a stream writes one at a time.
  ///
  /// @return to be told when it is durable: with null, else with what went wrong
  Consumer<@Nullable Throwable> committing(StreamCommit step) {
    if (!tracing.isOn()) {
      return problem -> {};
    }
    Followed followed = streams.computeIfAbsent(step.stream(), stream -> new Followed());
    Context parent = followed.current();
    Span span =
        span("commit", step.stream(), parent)
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute("chronoscope.results", step.results().size())
            .startSpan();
    followed.writing = parent.with(span);
    return problem -> {
      followed.writing = null;
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
          past(
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
          past(
              window.stream(),
              "encode",
              window.took(),
              span ->
                  span.setAttribute("chronoscope.pairs", window.pairs())
                      .setAttribute("chronoscope.pairs.reused", window.reused()));
      case WindowAnalyzed window ->
          past(
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
    Followed followed = streams.computeIfAbsent(stream, name -> new Followed());
    followed.over = false;
    followed.inputSpan = span;
    followed.input = parent.with(span);
    followed.origin = origin;
  }

  private void inputCompleted(String stream) {
    Followed followed = streams.get(stream);
    if (followed == null) {
      return;
    }
    Span window = followed.windowSpan;
    if (window != null) {
      // It was not said to be done.
      followed.windowSpan = null;
      window.setStatus(StatusCode.ERROR).end();
    }
    Span input = followed.inputSpan;
    if (input != null) {
      followed.inputSpan = null;
      input.end();
    }
    if (followed.over) {
      streams.remove(stream);
    }
  }

  private void windowStarted(WindowStarted started) {
    if (!tracing.isOn()) {
      return;
    }
    String stream = started.stream();
    List<ChunkOrigin> chunks = started.chunks();
    Followed followed = streams.computeIfAbsent(stream, name -> new Followed());
    List<Context> rests = chunks.stream().map(received::get).filter(Objects::nonNull).toList();
    // At a stream's end the last chunk is behind it, and the end has a trace of its own.
    Context parent =
        rests.isEmpty() || chunks.contains(followed.origin) ? followed.input : rests.getLast();
    SpanBuilder builder =
        span("window", stream, parent).setAttribute("chronoscope.window", started.window());
    rests.forEach(chunk -> builder.addLink(Span.fromContext(chunk).getSpanContext()));
    Span span = builder.startSpan();
    followed.windowSpan = span;
    followed.window = parent.with(span);
  }

  private void windowCompleted(String stream) {
    Followed followed = streams.get(stream);
    Span span = followed == null ? null : followed.windowSpan;
    if (followed != null && span != null) {
      followed.windowSpan = null;
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
    Followed followed = streams.get(answer.stream());
    Span window = followed == null ? null : followed.windowSpan;
    if (window != null) {
      window.addEvent(
          switch (answer.outcome()) {
            case REPORTED -> "answer unusable";
            case RETRIED -> "answer asked for again";
          });
    }
  }

  private void streamEnded(String stream) {
    Followed followed = streams.get(stream);
    if (followed == null) {
      return;
    }
    followed.over = true;
    if (followed.inputSpan == null) {
      streams.remove(stream);
    }
  }

  /// Something that is over when it is told.
  private void past(String stream, String name, Duration took, Consumer<Span> describe) {
    Followed followed = streams.get(stream);
    if (followed == null) {
      return;
    }
    Instant now = Instant.now();
    Span span =
        span(name, stream, followed.current()).setStartTimestamp(now.minus(took)).startSpan();
    describe.accept(span);
    span.end(now);
  }

  private void onInput(String stream, Consumer<Span> describe) {
    Followed followed = streams.get(stream);
    Span input = followed == null ? null : followed.inputSpan;
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
