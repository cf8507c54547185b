package io.chronoscope.cli.rules;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.rule.Rule;
import io.chronoscope.service.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Takes a rule away.
@Command(
    name = "remove",
    description = "Takes a rule away. Alerts of it that are open are closed at the next window.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class RulesRemoveCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The rule's id, as rules list shows it.")
  String id = "";

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "One object.")
  boolean json;

  private final Output output;

  RulesRemoveCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    RulesTopic book = RulesTopic.open(kafka);
    Rule rule =
        book.rules().stream()
            .filter(one -> one.id().equals(id))
            .findFirst()
            .orElseThrow(() ->
                new IllegalStateException("there is no rule %s on %s".formatted(id, book.topic())));
    book.remove(rule);
    if (json) {
      ObjectNode line = RulesTopic.json(rule);
      line.put("removed", true);
      output.json(line);
    } else {
      output.line("rule %s is taken away: %s".formatted(rule.id(), rule.text()));
    }
    return ExitCode.OK;
  }
}
