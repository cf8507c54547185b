package io.chronoscope.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// Starts the traces of chunks: one per record sent, named in the record's headers.
public final class SendTraces {

  /// Traces nothing.
  public static final SendTraces NONE = new SendTraces(Tracing.off());

  private final Tracing tracing;

  public SendTraces(Tracing tracing) {
    this.tracing = tracing;
  }

  /// Starts the trace of a record that is about to be sent and writes it into the headers.
  ///
  /// @return completes the trace when called with the outcome: null for success
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
    return problem -> OpenSpans.end(span, problem);
  }
}
