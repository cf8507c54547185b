package io.chronoscope.tracing;

import io.chronoscope.domain.ChunkOrigin;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The open spans of one stream: those of its current input, window and commit. Changed by the
/// stream's own thread; the commit's context may be read, and its span ended, by any thread.
final class OpenSpans {

  /// Whether further spans may follow.
  enum State {
    OPEN,
    ENDED
  }

  private final Tracing tracing;
  private final String stream;

  /// Context of the current input, or of the last one.
  private volatile Context input = Context.root();

  private volatile @Nullable ChunkOrigin origin;
  private volatile @Nullable Span inputSpan;
  private volatile @Nullable Span windowSpan;
  private volatile Context window = Context.root();
  private volatile @Nullable Context commit;
  private volatile boolean ended;

  OpenSpans(Tracing tracing, String stream) {
    this.tracing = tracing;
    this.stream = stream;
  }

  /// The trace of the open window, else that of the current input or the last one.
  Optional<String> traceId() {
    Context current = windowSpan == null ? input : window;
    SpanContext span = Span.fromContext(current).getSpanContext();
    return span.isValid() ? Optional.of(span.getTraceId()) : Optional.empty();
  }

  /// @param received context in which the record was received; the root when it was not traced
  void startInput(ChunkOrigin at, Context received) {
    Span span = span("chunk", received).startSpan();
    ended = false;
    inputSpan = span;
    input = received.with(span);
    origin = at;
  }

  /// Ends the span of the input, and as failed that of a window which did not complete.
  State endInput() {
    Span openWindow = windowSpan;
    if (openWindow != null) {
      windowSpan = null;
      openWindow.setStatus(StatusCode.ERROR).end();
    }
    Span openInput = inputSpan;
    if (openInput != null) {
      inputSpan = null;
      openInput.end();
    }
    return ended ? State.ENDED : State.OPEN;
  }

  /// @param chunks the chunks that the window is based on
  /// @param basis the contexts of those that are traced, in the same order
  void startWindow(long number, List<ChunkOrigin> chunks, List<Context> basis) {
    // At the end of a stream its last chunk is already completed; the end has its own trace.
    ChunkOrigin current = origin;
    boolean completesCurrent = current != null && chunks.contains(current);
    Context parent = basis.isEmpty() || completesCurrent ? input : basis.getLast();
    SpanBuilder builder = span("window", parent).setAttribute("chronoscope.window", number);
    basis.forEach(chunk -> builder.addLink(Span.fromContext(chunk).getSpanContext()));
    Span span = builder.startSpan();
    windowSpan = span;
    window = parent.with(span);
  }

  void endWindow() {
    Span open = windowSpan;
    if (open != null) {
      windowSpan = null;
      open.end();
    }
  }

  /// @return ends the span when called with the outcome: null once the commit is durable
  Consumer<@Nullable Throwable> startCommit(int results) {
    Context parent = current();
    Span span =
        span("commit", parent)
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute("chronoscope.results", results)
            .startSpan();
    commit = parent.with(span);
    return problem -> {
      commit = null;
      end(span, problem);
    };
  }

  /// Context of the commit that is being written, if there is one.
  @Nullable Context commit() {
    return commit;
  }

  /// @return ENDED when no input is open either
  State endStream() {
    ended = true;
    return inputSpan == null ? State.ENDED : State.OPEN;
  }

  /// Adds the span of an operation that has just completed.
  void addCompleted(String name, Duration took, Consumer<Span> describe) {
    Instant now = Instant.now();
    Span span = span(name, current()).setStartTimestamp(now.minus(took)).startSpan();
    describe.accept(span);
    span.end(now);
  }

  void onInput(Consumer<Span> describe) {
    Span open = inputSpan;
    if (open != null) {
      describe.accept(open);
    }
  }

  void onWindow(Consumer<Span> describe) {
    Span open = windowSpan;
    if (open != null) {
      describe.accept(open);
    }
  }

  /// @param problem null for success
  static void end(Span span, @Nullable Throwable problem) {
    if (problem != null) {
      span.setStatus(StatusCode.ERROR, String.valueOf(problem.getMessage()));
    }
    span.end();
  }

  private Context current() {
    return windowSpan == null ? input : window;
  }

  private SpanBuilder span(String name, Context parent) {
    return tracing
        .tracer()
        .spanBuilder(name)
        .setParent(parent)
        .setAttribute("chronoscope.stream", stream);
  }
}
