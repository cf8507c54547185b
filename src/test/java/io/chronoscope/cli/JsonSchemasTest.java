package io.chronoscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.testing.JsonOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class JsonSchemasTest {

  /// Its `--json` is the form of the log.
  private static final String LOGS = "serve";

  @Test
  void everyCommandWithJsonHasASchemaAndEverySchemaACommand() throws IOException {
    Set<Path> expected = new TreeSet<>();
    collect(Commands.tree(), "", expected);
    try (Stream<Path> found = Files.list(JsonOutput.FOLDER)) {
      assertThat(found.filter(file -> file.toString().endsWith(".json")))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static void collect(CommandLine command, String prefix, Set<Path> schemas) {
    for (CommandLine sub : Set.copyOf(command.getSubcommands().values())) {
      String name = (prefix + " " + sub.getCommandName()).strip();
      if (sub.getCommandSpec().findOption("--json") != null
          && !name.equals(LOGS)
          && !JsonOutput.RECORDS.contains(name)) {
        schemas.add(JsonOutput.schema(name));
      }
      collect(sub, name, schemas);
    }
  }

  @Test
  void schemasAllowFieldsThatALaterVersionAdds() throws IOException {
    try (Stream<Path> files = Files.list(JsonOutput.FOLDER)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".json")).toList()) {
        JsonNode schema = new ObjectMapper().readTree(file.toFile());
        assertThat(schema.findValues("additionalProperties"))
            .as(file.toString())
            .noneMatch(value -> value.isBoolean() && !value.asBoolean());
        assertThat(schema.path("$id").asText())
            .isEqualTo(
                "urn:chronoscope:schema:cli:%s:1"
                    .formatted(file.getFileName().toString().replace(".schema.json", "")));
        assertThat(List.of("title", "description")).allMatch(schema::hasNonNull);
      }
    }
  }
}
