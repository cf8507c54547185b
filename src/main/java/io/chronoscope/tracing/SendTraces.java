package io.chronoscope.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// The beginning of chunks' traces: each record that is sent begins one, and names it in its
/// headers.
public final class SendTraces {

  /// Without traces.
  public static final SendTraces NONE = new SendTraces(Tracing.off());

  private final Tracing tracing;

  public SendTraces(Tracing tracing) {
    this.tracing = tracing;
  }

  /// A record is about to be sent; puts its trace into its headers.
  ///
  /// @return to be told how the sending went: null when well
  public Consumer<@Nullable Exception> sending(ProducerRecord<String, ?> record) {
    if (!tracing.isOn()) {
      return problem -> {};
    }
    Span span =
        tracing
            .tracer()
            .spanBuilder("send " + record.topic())
            .setNoParent()
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute("messaging.system", "kafka")
            .setAttribute("messaging.operation.type", "send")
            .setAttribute("messaging.destination.name", record.topic())
            .setAttribute("messaging.kafka.message.key", record.key())
            .startSpan();
    TraceHeaders.write(Context.root().with(span), record.headers());
    return problem -> {
      if (problem != null) {
        span.setStatus(StatusCode.ERROR, String.valueOf(problem.getMessage()));
      }
      span.end();
    };
  }
}
