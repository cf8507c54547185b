package io.chronoscope.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// Whether and where traces are exported. Everything but the yes or no is set by OpenTelemetry's
/// own `OTEL_…` variables. While off nothing of OpenTelemetry's SDK is loaded.
public final class Tracing implements AutoCloseable {

  private static final String SCOPE = "io.chronoscope";

  /// The exporter is the one over HTTP; there are no metrics or logs to export.
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

  /// Exports to somewhere that was set up already, which its owner closes.
  public static Tracing over(OpenTelemetry telemetry) {
    return new Tracing(telemetry, true);
  }

  /// @param wanted what was set; when nothing was, whether an exporter's address was
  /// @param environment the process's variables; a variable that is not set is null
  /// @throws IllegalArgumentException when the `OTEL_…` variables cannot be used; says which
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
          "traces cannot be exported as the OTEL_… variables say (only OTLP over http/protobuf is"
              + " known): "
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

  /// Sends what is left, for a few seconds at most.
  @Override
  public void close() {
    if (telemetry instanceof OpenTelemetrySdk sdk) {
      sdk.shutdown().join(5, TimeUnit.SECONDS);
    }
  }
}
