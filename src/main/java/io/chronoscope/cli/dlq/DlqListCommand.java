package io.chronoscope.cli.dlq;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.cli.console.Columns;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.client.RetainedRecords;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// All dead letters, a line each.
@Command(
    name = "list",
    description = "Shows what was refused, why, and whether the record is still there.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class DlqListCommand implements Callable<Integer> {

  @Mixin DeadLetterFilter filter = new DeadLetterFilter();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "One object a line.")
  boolean json;

  private final Output output;

  DlqListCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    DeadLetterTopic box = DeadLetterTopic.open(kafka);
    List<Letter> letters = box.letters().values().stream().filter(filter).toList();
    Set<ChunkOrigin> retained;
    try (RetainedRecords records = new RetainedRecords(box.client())) {
      retained = records.retained(letters.stream().map(Letter::origin).toList());
    }
    if (json) {
      letters.forEach(letter -> output.json(json(letter, retained.contains(letter.origin()))));
    } else if (letters.isEmpty()) {
      output.say("no dead letters");
    } else {
      table(letters, retained).forEach(output::line);
    }
    return ExitCode.OK;
  }

  static ObjectNode json(Letter letter, boolean retained) {
    ObjectNode line = letter.json().deepCopy();
    line.put("refusedAt", JsonFields.time(letter.at()));
    line.put("recordRetained", retained);
    line.put("state", state(letter));
    letter.redriven().ifPresent(mark -> line.set("redriven", mark.json()));
    return line;
  }

  static String state(Letter letter) {
    return letter.redriven().isPresent() ? "redriven" : "refused";
  }

  private static List<String> table(List<Letter> letters, Set<ChunkOrigin> retained) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "STREAM", "REFUSED", "REASON", "STATE", "RECORD", "WHY"));
    for (Letter letter : letters) {
      rows.add(
          List.of(
              letter.id(),
              letter.letter().stream(),
              JsonFields.time(letter.at()),
              DeadLetterTopic.reason(letter),
              state(letter),
              retained.contains(letter.origin()) ? "there" : "gone",
              letter.letter().rejection().detail()));
    }
    return Columns.aligned(rows);
  }
}
