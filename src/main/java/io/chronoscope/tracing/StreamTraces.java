package io.chronoscope.tracing;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Sampling;
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
  public void inputTaken(String stream, ChunkOrigin origin) {
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

  @Override
  public void inputDone(String stream) {
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

  @Override
  public void windowBegun(String stream, long window, List<ChunkOrigin> chunks) {
    if (!tracing.isOn()) {
      return;
    }
    Followed followed = streams.computeIfAbsent(stream, name -> new Followed());
    List<Context> rests = chunks.stream().map(received::get).filter(Objects::nonNull).toList();
    // At a stream's end the last chunk is behind it, and the end has a trace of its own.
    Context parent =
        rests.isEmpty() || chunks.contains(followed.origin) ? followed.input : rests.getLast();
    SpanBuilder builder = span("window", stream, parent).setAttribute("chronoscope.window", window);
    rests.forEach(chunk -> builder.addLink(Span.fromContext(chunk).getSpanContext()));
    Span span = builder.startSpan();
    followed.windowSpan = span;
    followed.window = parent.with(span);
  }

  @Override
  public void windowDone(String stream, long window) {
    Followed followed = streams.get(stream);
    Span span = followed == null ? null : followed.windowSpan;
    if (followed != null && span != null) {
      followed.windowSpan = null;
      span.end();
    }
  }

  @Override
  public void chunkDecoded(String stream, MediaFacts facts, int candidates, Duration took) {
    past(
        stream,
        "decode",
        took,
        span ->
            span.setAttribute("chronoscope.frames", facts.frames())
                .setAttribute("chronoscope.frames.sampled", candidates));
  }

  @Override
  public void chunkRejected(String stream, Rejection rejection) {
    onInput(
        stream,
        span ->
            span.setStatus(StatusCode.ERROR, rejection.detail())
                .setAttribute("error.type", rejection.reason().name().toLowerCase(Locale.ROOT)));
  }

  @Override
  public void chunkSkipped(String stream, long sequence) {
    onInput(stream, span -> span.setAttribute("chronoscope.skipped", true));
  }

  @Override
  public void windowEncoded(String stream, int pairs, int reused, Duration took) {
    past(
        stream,
        "encode",
        took,
        span ->
            span.setAttribute("chronoscope.pairs", pairs)
                .setAttribute("chronoscope.pairs.reused", reused));
  }

  @Override
  public void windowAnswered(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took) {
    past(
        stream,
        "answer",
        took,
        span ->
            span.setAttribute("chronoscope.frames", sampling.framesSeen())
                .setAttribute("chronoscope.fps", sampling.fps())
                .setAttribute("chronoscope.tokens.video", sampling.videoTokens())
                .setAttribute("chronoscope.tokens.generated", generatedTokens)
                .setAttribute("chronoscope.events", events));
  }

  @Override
  public void answerBroken(String stream, String problem, boolean last) {
    Followed followed = streams.get(stream);
    Span window = followed == null ? null : followed.windowSpan;
    if (window != null) {
      window.addEvent(last ? "answer unusable" : "answer asked for again");
    }
  }

  @Override
  public void streamEnded(String stream) {
    Followed followed = streams.get(stream);
    if (followed == null) {
      return;
    }
    followed.over = true;
    if (followed.inputSpan == null) {
      streams.remove(stream);
    }
  }

  @Override
  public void streamFailed(String stream, Throwable cause) {
    inputDone(stream);
    streams.remove(stream);
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
