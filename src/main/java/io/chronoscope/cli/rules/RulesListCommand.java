package io.chronoscope.cli.rules;

import io.chronoscope.cli.console.Columns;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.rule.Rule;
import io.chronoscope.service.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists the rules in force, one on a line.
@Command(
    name = "list",
    description = "Lists the rules in force, the highest priority first.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class RulesListCommand implements Callable<Integer> {

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line.")
  boolean json;

  private final Output output;

  RulesListCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    List<Rule> rules = RulesTopic.open(kafka).rules();
    if (json) {
      rules.forEach(rule -> output.printJson(RulesTopic.json(rule)));
    } else if (rules.isEmpty()) {
      output.report("no rules are in force");
    } else {
      Columns.aligned(table(rules), output.outTerminal()).forEach(output::print);
    }
    return ExitCode.OK;
  }

  private static List<List<String>> table(List<Rule> rules) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "STREAMS", "PRIORITY", "THRESHOLD", "COOL-DOWN", "TEXT"));
    for (Rule rule : rules) {
      rows.add(
          List.of(
              rule.id(),
              rule.streams().text(),
              Integer.toString(rule.priority()),
              Double.toString(rule.threshold()),
              RulesTopic.coolDown(rule),
              rule.text()));
    }
    return rows;
  }
}
