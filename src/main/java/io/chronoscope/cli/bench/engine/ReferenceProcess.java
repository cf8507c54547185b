package io.chronoscope.cli.bench.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.config.EnvironmentException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// The reference implementation in a process of its own, which does the work of a row on request
/// and reports its time. The protocol is documented in `training/reference/engine_speed.py`.
final class ReferenceProcess implements AutoCloseable {

  /// Where the script is in a checkout.
  static final String SCRIPT = "training/reference/engine_speed.py";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;
  private final String precision;

  private ReferenceProcess(Process process) {
    this.process = process;
    this.requests = process.outputWriter();
    this.answers = process.inputReader();
    this.precision = read().path("precision").asText();
  }

  /// Starts the reference and waits until it has loaded the checkpoint.
  ///
  /// @param python interpreter with torch and transformers
  /// @param script the reference's side
  /// @param device as on the command line
  /// @throws EnvironmentException when the script is missing or the interpreter cannot start
  /// @throws IllegalStateException when the script ends, as without transformers; its messages are
  ///   on the standard error output
  static ReferenceProcess start(String python, Path script, Path checkpoint, String device) {
    if (!Files.isRegularFile(script)) {
      throw new EnvironmentException(
          "--reference: no script at " + script + "; it is part of a checkout, not of a release");
    }
    Process process;
    try {
      process =
          new ProcessBuilder(
                  List.of(
                      python, script.toString(), checkpoint.toAbsolutePath().toString(), device))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new EnvironmentException(
          "--reference: cannot start " + python + ": " + FailureMessages.reason(e), e);
    }
    try {
      return new ReferenceProcess(process);
    } catch (RuntimeException e) {
      process.destroy();
      throw e;
    }
  }

  /// The number format in which it computes, its fastest on this device.
  String precision() {
    return precision;
  }

  /// Does the work of a run once.
  ///
  /// @param run of this program, which says the size
  /// @return empty for work that the reference does not do
  OptionalDouble seconds(RowKind kind, Workload.Outcome run) {
    return switch (kind) {
      case VIDEO, RESIZE, LONG, RULES, TOKENS, STILL_TOKENS, STREAM, STILL, SEARCH ->
          OptionalDouble.empty();
      case ENCODER, PREFILL, DECODE, ANSWER ->
          OptionalDouble.of(request(kind, run.dimensions()).path("seconds").asDouble());
    };
  }

  private JsonNode request(RowKind kind, Dimensions size) {
    ObjectNode request =
        JSON.createObjectNode().put("row", kind.label()).put("batch", size.batch());
    put(request, "widthPx", size.widthPx());
    put(request, "heightPx", size.heightPx());
    put(request, "promptTokens", size.promptTokens());
    put(request, "newTokens", size.newTokens());
    try {
      requests.write(request + "\n");
      requests.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the reference does not accept requests", e);
    }
    return read();
  }

  private static void put(ObjectNode request, String name, OptionalInt value) {
    if (value.isPresent()) {
      request.put(name, value.getAsInt());
    }
  }

  private JsonNode read() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("the reference has ended; its messages are above");
      }
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the reference's answer", e);
    }
  }

  /// Ends the process: its input ends.
  @Override
  public void close() {
    try {
      requests.close();
      answers.close();
    } catch (IOException e) {
      // It has ended by itself.
    } finally {
      process.destroy();
    }
  }
}
