package io.chronoscope.cli.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.cli.console.DurationConverter;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RuleRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Adds or replaces a rule.
@Command(
    name = "set",
    description = {
      "Puts a rule in force, replacing any rule with the same id.",
      "It applies to each stream from the next window on. A plain description works best: \"a red"
          + " circle stops in the upper half\"."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class RulesSetCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "ID", description = "Id of the rule.")
  String id = "";

  @Parameters(index = "1", paramLabel = "TEXT", description = "What to look for.")
  String text = "";

  @Option(
      names = "--streams",
      paramLabel = "PATTERN",
      defaultValue = "*",
      description =
          "Streams that the rule applies to; * matches any characters (default: ${DEFAULT-VALUE}).")
  String streams = "*";

  @Option(
      names = "--threshold",
      paramLabel = "0..1",
      defaultValue = "" + Rule.DEFAULT_THRESHOLD,
      description = "Minimum confidence of the model (default: ${DEFAULT-VALUE}).")
  double threshold = Rule.DEFAULT_THRESHOLD;

  @Option(
      names = "--cool-down",
      paramLabel = "TIME",
      defaultValue = "0s",
      converter = DurationConverter.class,
      description =
          "Time after an alert ends in which no new alert opens: 30s, 10m (default: ${DEFAULT-VALUE}).")
  Duration coolDown = Duration.ZERO;

  @Option(
      names = "--priority",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Rules with a higher priority are evaluated first; alerts carry it (default: ${DEFAULT-VALUE}).")
  int priority;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints the rule as one JSON object.")
  boolean json;

  private final Output output;

  RulesSetCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    Rule rule = validated();
    RulesTopic topic = RulesTopic.open(kafka);
    Optional<Rule> replaced = topic.rule(rule.id()).filter(old -> !old.equals(rule));
    topic.put(rule);
    replaced.ifPresent(old -> output.report("replaced the rule in force " + describe(old)));
    if (json) {
      output.printJson(RulesTopic.json(rule));
    } else {
      output.print("rule %s is in force %s".formatted(rule.id(), describe(rule)));
    }
    return ExitCode.OK;
  }

  /// Applies the same checks as the service when it reads the topic.
  private Rule validated() {
    try {
      Rule rule = new Rule(id, text, new StreamPattern(streams), threshold, coolDown, priority);
      return RuleRecord.parse(id, RuleRecord.json(rule).toString().getBytes(UTF_8));
    } catch (IllegalArgumentException | MalformedRecordException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String describe(Rule rule) {
    return "for %s: %s (threshold %s, cool-down %s, priority %d)"
        .formatted(
            rule.streams().text(),
            rule.text(),
            rule.threshold(),
            RulesTopic.coolDown(rule),
            rule.priority());
  }
}
