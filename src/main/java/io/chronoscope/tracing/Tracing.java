package io.chronoscope.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// The trace exporter. OpenTelemetry's own `OTEL_…` variables configure everything except whether
/// it is on. While it is off, no class of OpenTelemetry's SDK is loaded.
public final class Tracing implements AutoCloseable {

  private static final String SCOPE = "io.chronoscope";

  /// OTLP over HTTP, traces only.
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "otel.service.name", "chronoscope",
          "otel.exporter.otlp.protocol", "http/protobuf",
          "otel.metrics.exporter", "none",
          "otel.logs.exporter", "none");

  private final OpenTelemetry telemetry;
  private final boolean on;

  private Tracing(OpenTelemetry telemetry, boolean on) {
    this.telemetry = telemetry;
    this.on = on;
  }

  public static Tracing off() {
    return new Tracing(OpenTelemetry.noop(), false);
  }

  /// Exports through an SDK that the caller has set up and closes.
  public static Tracing through(OpenTelemetry telemetry) {
    return new Tracing(telemetry, true);
  }

  /// @param wanted the setting; when empty, tracing is on if an exporter's address is set
  /// @param environment looks up an environment variable; null when it is not set
  /// @throws IllegalArgumentException when the `OTEL_…` variables are unusable; the message says
  ///   which
  public static Tracing open(Optional<Boolean> wanted, UnaryOperator<String> environment) {
    boolean addressed =
        environment.apply("OTEL_EXPORTER_OTLP_ENDPOINT") != null
            || environment.apply("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != null;
    if (!wanted.orElse(addressed)) {
      return off();
    }
    try {
      return new Tracing(
          AutoConfiguredOpenTelemetrySdk.builder()
              .addPropertiesSupplier(() -> DEFAULTS)
              .disableShutdownHook()
              .build()
              .getOpenTelemetrySdk(),
          true);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the OTEL_… variables do not configure a usable exporter (only OTLP over http/protobuf is"
              + " supported): "
              + e.getMessage(),
          e);
    }
  }

  public boolean isOn() {
    return on;
  }

  Tracer tracer() {
    return telemetry.getTracer(SCOPE);
  }

  /// Flushes pending spans, for a few seconds at most.
  @Override
  public void close() {
    if (telemetry instanceof OpenTelemetrySdk sdk) {
      sdk.shutdown().join(5, TimeUnit.SECONDS);
    }
  }
}
