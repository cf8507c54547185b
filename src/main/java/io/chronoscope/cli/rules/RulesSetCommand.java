package io.chronoscope.cli.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RuleRecord;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// Puts a rule in force.
@Command(
    name = "set",
    description = {
      "Puts a rule in force, in the place of one with the same id. It counts from each stream's next",
      "window on. A plain description works best: \"a red circle stops in the upper half\"."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class RulesSetCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "ID", description = "The rule's id, stable.")
  String id = "";

  @Parameters(index = "1", paramLabel = "TEXT", description = "What to look for.")
  String text = "";

  @Option(
      names = "--streams",
      paramLabel = "PATTERN",
      defaultValue = "*",
      description =
          "Which streams it is for; * stands for any characters (default: ${DEFAULT-VALUE}).")
  String streams = "*";

  @Option(
      names = "--threshold",
      paramLabel = "0..1",
      defaultValue = "" + Rule.DEFAULT_THRESHOLD,
      description = "How sure the model has to be (default: ${DEFAULT-VALUE}).")
  double threshold = Rule.DEFAULT_THRESHOLD;

  @Option(
      names = "--cool-down",
      paramLabel = "TIME",
      defaultValue = "0s",
      converter = CoolDown.class,
      description =
          "What begins so soon after an alert's end opens no other: 30s, 10m (default: ${DEFAULT-VALUE}).")
  Duration coolDown = Duration.ZERO;

  @Option(
      names = "--priority",
      paramLabel = "N",
      defaultValue = "0",
      description = "Higher is judged first, and stands in the alerts (default: ${DEFAULT-VALUE}).")
  int priority;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "The rule as one object.")
  boolean json;

  private final Output output;

  RulesSetCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    Rule rule = rule();
    RulesTopic book = RulesTopic.open(kafka);
    Optional<Rule> before =
        book.rules().stream().filter(one -> one.id().equals(rule.id())).findFirst();
    book.put(rule);
    before
        .filter(one -> !one.equals(rule))
        .ifPresent(one -> output.say("in the place of: " + describe(one)));
    if (json) {
      output.json(RulesTopic.json(rule));
    } else {
      output.line("rule %s is in force %s".formatted(rule.id(), describe(rule)));
    }
    return ExitCode.OK;
  }

  /// Checked as whoever reads the topic checks it.
  private Rule rule() {
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

  static final class CoolDown implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      try {
        Duration time = DurationConverter.parseDuration(value);
        if (time != null && !time.isNegative()) {
          return time;
        }
      } catch (DateTimeException | IllegalArgumentException e) {
        // Said below.
      }
      throw new TypeConversionException("'" + value + "' is no length of time such as 30s or 10m");
    }
  }
}
