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

/// Removes a rule by writing a tombstone.
@Command(
    name = "remove",
    description =
        "Removes a rule. Its open alerts are closed with the next window of their stream.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class RulesRemoveCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "Id of the rule; rules list shows it.")
  String id = "";

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints the removed rule as one JSON object.")
  boolean json;

  private final Output output;

  RulesRemoveCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    RulesTopic topic = RulesTopic.open(kafka);
    Rule rule =
        topic
            .rule(id)
            .orElseThrow(() ->
                new IllegalStateException("there is no rule %s on %s".formatted(id, topic.name())));
    topic.remove(rule);
    if (json) {
      ObjectNode line = RulesTopic.json(rule);
      line.put("removed", true);
      output.printJson(line);
    } else {
      output.print("rule %s removed: %s".formatted(rule.id(), rule.text()));
    }
    return ExitCode.OK;
  }
}
