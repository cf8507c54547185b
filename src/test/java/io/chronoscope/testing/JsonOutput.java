package io.chronoscope.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.ResultType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/// The schemas that `docs/reference/schemas` publishes for the output of commands with `--json`,
/// and those of the topics for commands that print records.
public final class JsonOutput {

  public static final Path FOLDER = Path.of("docs/reference/schemas");

  /// Commands that print records as on the topics.
  public static final Set<String> RECORDS = Set.of("demo", "analyze", "events", "ask");

  private JsonOutput() {}

  /// @param command full name without `chronoscope`, such as `rules list`
  public static Path schema(String command) {
    return FOLDER.resolve(command.replace(' ', '-') + ".schema.json");
  }

  /// Fails unless each line matches the command's schema, and the schema names all of its fields.
  ///
  /// @param output at least one line
  public static void requireValid(String command, String output) {
    assertThat(output.lines()).as("output of %s --json", command).isNotEmpty();
    output
        .lines()
        .forEach(line -> {
          Path file = RECORDS.contains(command) ? ofRecord(line) : schema(command);
          assertThat(read(file).validate(line, InputFormat.JSON))
              .as("%s --json: %s", command, line)
              .isEmpty();
          assertThat(declared(file)).as("fields of %s", file).containsAll(fields(line));
        });
  }

  private static Set<String> fields(String line) {
    Set<String> names = new TreeSet<>();
    Json.parse(line.getBytes(StandardCharsets.UTF_8)).fieldNames().forEachRemaining(names::add);
    return names;
  }

  /// All fields that a schema describes, at any depth.
  private static Set<String> declared(Path file) {
    Set<String> names = new TreeSet<>();
    try {
      Json.parse(Files.readAllBytes(file))
          .findValues("properties")
          .forEach(properties -> properties.fieldNames().forEachRemaining(names::add));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  private static Path ofRecord(String line) {
    String type = Json.parse(line.getBytes(StandardCharsets.UTF_8)).path("type").asText();
    String schema = ResultType.named(type).schema().toString();
    return Path.of(
        "kafka/schemas",
        schema.replaceFirst(".*:schema:", "").replaceFirst(":\\d+\\z", "") + ".schema.json");
  }

  private static JsonSchema read(Path file) {
    try {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
