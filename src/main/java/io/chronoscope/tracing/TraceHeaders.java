package io.chronoscope.tracing;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// `traceparent` and `tracestate` (W3C Trace Context) as headers of a record.
final class TraceHeaders {

  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

  private TraceHeaders() {}

  /// The context in the headers; the root when there is none or it is malformed.
  static Context read(Headers headers) {
    return W3C.extract(Context.root(), headers, Reading.INSTANCE);
  }

  /// Writes the context into the headers, replacing one that is there.
  static void write(Context context, Headers headers) {
    W3C.inject(context, headers, Writing.INSTANCE);
  }

  private enum Reading implements TextMapGetter<Headers> {
    INSTANCE;

    @Override
    public Iterable<String> keys(Headers headers) {
      List<String> keys = new ArrayList<>();
      headers.forEach(header -> keys.add(header.key()));
      return keys;
    }

    @Override
    public @Nullable String get(@Nullable Headers headers, String key) {
      Header header = headers == null ? null : headers.lastHeader(key);
      return header == null || header.value() == null
          ? null
          : new String(header.value(), StandardCharsets.UTF_8);
    }
  }

  private enum Writing implements TextMapSetter<Headers> {
    INSTANCE;

    @Override
    public void set(@Nullable Headers headers, String key, String value) {
      if (headers != null) {
        headers.remove(key).add(key, value.getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
