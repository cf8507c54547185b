package io.chronoscope.cli.backtest;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.window.PromptOverridingModel;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.ReplayedChunks;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.client.ShadowTopics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.evaluation.Difference;
import io.chronoscope.evaluation.Difference.Told;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.service.ExitCode;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RuleRecord;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What another rule, model or prompt would have told of what is retained.
@Command(
    name = "backtest",
    description = {
      "Looks again at the chunks that are still there and says what would have been told of them,",
      "against what was. Live topics are only read, and nobody's offsets move."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BacktestCommand implements Callable<Integer> {

  private static final URI SOURCE = URI.create("/chronoscope/backtest");

  @Option(
      names = "--from",
      paramLabel = "T",
      required = true,
      description = "Where to begin, such as 2026-05-04T12:00:00Z.")
  Instant from = Instant.EPOCH;

  @Option(names = "--to", paramLabel = "T", required = true, description = "Where to end.")
  Instant to = Instant.EPOCH;

  @Option(
      names = "--stream",
      paramLabel = "PATTERN",
      description = "Only these streams; * stands for any characters.")
  Optional<String> streams = Optional.empty();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Where the chunks are (default: video.chunks, as it is set).")
  Optional<String> topic = Optional.empty();

  @Option(
      names = "--rule",
      paramLabel = "FILE|TEXT",
      description = {
        "Compares the alerts of this rule only. A file is a rule as on video.rules and is named after",
        "its id (red-stops.json); else the words to look for."
      })
  Optional<String> rule = Optional.empty();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "Asks for events in these words. The answers must have the usual form.")
  Optional<String> prompt = Optional.empty();

  @Option(
      names = "--shadow",
      paramLabel = "PREFIX",
      defaultValue = "backtest.",
      description = "Begins the names of the topics written to (default: ${DEFAULT-VALUE}).")
  String shadow = "backtest.";

  @Option(names = "--promote", description = "Puts the rule in force afterwards.")
  boolean promote;

  @Mixin ModelOptions model = new ModelOptions();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "One object a line: the differences, then the total.")
  boolean json;

  private final Output output;

  public BacktestCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    if (!from.isBefore(to)) {
      throw new ConfigurationException("--from (%s) is not before --to (%s)".formatted(from, to));
    }
    if (promote && rule.isEmpty()) {
      throw new ConfigurationException("--promote needs a --rule to put in force");
    }
    kafka.apply();
    model.apply();
    // The records come as fast as they are read; no stream rests in between.
    ModelOptions.set("chronoscope.idle-time", Duration.ofDays(1).toString());
    ChronoscopeConfig settings = ConfigLoader.load();
    KafkaOptions.requireBroker(settings);
    Map<String, Object> client = KafkaClientConfig.ofCommand(settings);
    TopicNames live = LayerSettings.topicNames(settings);
    try {
      return run(settings, client, live);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  private int run(ChronoscopeConfig settings, Map<String, Object> client, TopicNames live) {
    List<Rule> inForce = RulesInForce.read(client, live.of(Topic.RULES));
    Optional<Rule> tried = rule.map(given -> rule(given, inForce));
    RuleTable table = new RuleTable(Integer.MAX_VALUE);
    tried.ifPresentOrElse(table::put, () -> inForce.forEach(table::put));
    Backtest.Scope scope =
        new Backtest.Scope(
            topic.orElse(live.of(Topic.CHUNKS)), new StreamPattern(streams.orElse("*")), from, to);
    Backtest backtest = new Backtest(client, live, scope);
    Predicate<Told> wanted =
        told -> tried.isEmpty() || told.about().equals(tried.orElseThrow().id());
    List<Told> before = backtest.before(wanted);
    try (ShadowTopics topics = new ShadowTopics(client, live, shadow, SOURCE);
        AnalysisRuntime rig =
            AnalysisRuntime.open(
                settings,
                new FfmpegDecoder(),
                backtest.listener(),
                size -> {},
                size -> {},
                engine ->
                    prompt.isPresent()
                        ? new PromptOverridingModel(engine, prompt.get())
                        : engine)) {
      AnalysisSettings analysis = LayerSettings.analysis(settings, rig.advice(), Optional.empty());
      long chunks =
          backtest.replay(
              new ReplayedChunks(
                  new ChunkEnvelope(
                      Math.toIntExact(settings.kafka().maxChunkBytes().asLongValue())),
                  scope.streams(),
                  from,
                  to),
              steps -> rig.analysis(analysis, LoadGovernor.off(), table, steps::apply),
              topics);
      if (chunks == 0) {
        output.say("no chunk of that time is retained on " + scope.topic());
      }
      new BacktestReport(output, json)
          .show(Difference.between(before, backtest.now(wanted)), chunks, topics.topics());
    }
    if (promote) {
      Rule put = tried.orElseThrow();
      RulesInForce.put(client, live.of(Topic.RULES), put);
      output.say("rule %s is in force: %s".formatted(put.id(), RuleRecord.json(put)));
    }
    return ExitCode.OK;
  }

  private static Rule rule(String given, List<Rule> inForce) {
    Optional<Path> file = file(given);
    if (file.isPresent()) {
      String id = file.get().getFileName().toString().replaceAll("\\.json\\z", "");
      try {
        return RuleRecord.parse(id, Files.readAllBytes(file.get()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (MalformedRecordException e) {
        throw new ConfigurationException("--rule %s: %s".formatted(given, e.getMessage()), e);
      }
    }
    return inForce.stream()
        .filter(one -> one.text().equals(given.strip()))
        .findFirst()
        .orElseGet(() ->
            new Rule(
                given
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}]+", "-")
                    .replaceAll("\\A-|-\\z", ""),
                given,
                StreamPattern.ANY,
                Rule.DEFAULT_THRESHOLD,
                Duration.ZERO,
                0));
  }

  private static Optional<Path> file(String given) {
    try {
      Path path = Path.of(given);
      return Files.isRegularFile(path) ? Optional.of(path) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
