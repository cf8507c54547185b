package io.chronoscope.cli.dlq;

import io.chronoscope.cli.console.Columns;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.LocalTimes;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.client.RetainedRecords;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.service.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists dead letters, one on a line.
@Command(
    name = "list",
    description =
        "Lists rejected records with the reason, and whether the record is still retained.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class DlqListCommand implements Callable<Integer> {

  @Mixin DeadLetterFilter filter = new DeadLetterFilter();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line.")
  boolean json;

  private final Output output;

  DlqListCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    DeadLetterTopic topic = DeadLetterTopic.open(kafka);
    List<Letter> deadLetters = topic.deadLetters().values().stream().filter(filter).toList();
    Set<ChunkOrigin> retained;
    try (RetainedRecords records = new RetainedRecords(topic.client())) {
      retained = records.retained(deadLetters.stream().map(Letter::origin).toList());
    }
    if (json) {
      deadLetters.forEach(one -> output.printJson(one.describe(retained.contains(one.origin()))));
    } else if (deadLetters.isEmpty()) {
      output.report("no dead letters");
    } else {
      table(deadLetters, retained).forEach(output::print);
    }
    return ExitCode.OK;
  }

  private List<String> table(List<Letter> deadLetters, Set<ChunkOrigin> retained) {
    LocalTimes times = LocalTimes.ofMachine();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "STREAM", "REJECTED", "REASON", "STATE", "RECORD", "DETAIL"));
    for (Letter deadLetter : deadLetters) {
      rows.add(
          List.of(
              deadLetter.id(),
              deadLetter.letter().stream(),
              times.of(deadLetter.at()),
              DeadLetterTopic.reason(deadLetter),
              deadLetter.state(),
              retained.contains(deadLetter.origin()) ? "retained" : "gone",
              deadLetter.letter().rejection().detail()));
    }
    return Columns.aligned(rows, output.outTerminal());
  }
}
