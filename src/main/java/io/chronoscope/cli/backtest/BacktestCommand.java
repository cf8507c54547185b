package io.chronoscope.cli.backtest;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.window.PromptOverridingModel;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.cli.console.TimeRangeOptions;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.ReplayedChunks;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.client.ShadowTopics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.evaluation.Difference;
import io.chronoscope.evaluation.Difference.Detection;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.service.Backtest;
import io.chronoscope.service.ExitCode;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.RuleRecord;
import io.chronoscope.wire.Topic;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows what another rule, model or prompt would have found in retained video.
@Command(
    name = "backtest",
    description = {
      "Analyzes retained chunks again and compares the results with those published live.",
      "Live topics are only read, and no consumer group's offsets change."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BacktestCommand implements Callable<Integer> {

  private static final URI SOURCE = URI.create("/chronoscope/backtest");

  @Mixin TimeRangeOptions range = new TimeRangeOptions();

  @Option(
      names = "--stream",
      paramLabel = "PATTERN",
      description = "Only these streams; * matches any characters.")
  Optional<String> streams = Optional.empty();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Topic that holds the chunks (default: that of the settings).")
  Optional<String> topic = Optional.empty();

  @Option(
      names = "--rule",
      paramLabel = "FILE|TEXT",
      description = {
        "Compares the alerts of this rule only. A file holds a rule as on the rules topic, and its"
            + " name is the rule's id (red-stops.json); any other text is what to look for."
      })
  Optional<String> rule = Optional.empty();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description =
          "Prompt that asks the model for events. Its answers must have the usual format.")
  Optional<String> prompt = Optional.empty();

  @Option(
      names = "--shadow",
      paramLabel = "PREFIX",
      defaultValue = "backtest.",
      description = "Prefix of the topics that receive the results (default: ${DEFAULT-VALUE}).")
  String shadow = "backtest.";

  @Option(
      names = "--promote",
      description = {
        "Puts the rule in force afterwards, if any chunk was analyzed; needs --yes. Streams that"
            + " neither --stream nor a rule in force under that id selects are left out."
      })
  boolean promote;

  @Option(names = "--yes", description = "Confirms --promote.")
  boolean confirmed;

  @Mixin ModelOptions model = new ModelOptions();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(
      names = "--json",
      description = "Prints one JSON object on each line: the differences, then the total.")
  boolean json;

  private final Output output;

  public BacktestCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    range.check();
    if (promote && rule.isEmpty()) {
      throw new ConfigurationException("--promote needs a --rule to put in force");
    }
    if (promote && !confirmed) {
      throw new ConfigurationException(
          "--promote changes the rules in force; add --yes to confirm, or leave --promote out to"
              + " compare only");
    }
    kafka.apply();
    model.apply();
    // Chunks arrive as fast as they are read: no stream may become idle in between.
    SettingOverrides.set("chronoscope.idle-timeout", Duration.ofDays(1).toString());
    KafkaConnection connection = KafkaConnection.open(ConfigLoader.load());
    try {
      return run(connection);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  private int run(KafkaConnection connection) {
    String rulesTopic = connection.topics().of(Topic.RULES);
    List<Rule> inForce = RulesInForce.read(connection.client(), rulesTopic);
    Optional<Rule> candidate = rule.map(argument -> CandidateRule.resolve(argument, inForce));
    RuleTable rules = new RuleTable(Integer.MAX_VALUE);
    candidate.ifPresentOrElse(rules::put, () -> inForce.forEach(rules::put));
    Predicate<Detection> wanted =
        detection -> candidate.map(Rule::id).map(detection.about()::equals).orElse(true);
    Optional<Rule> promotable =
        promote
            ? Optional.of(Promotion.narrowed(candidate.orElseThrow(), scopePattern(), inForce))
            : Optional.empty();
    long chunks = compare(connection, rules, wanted);
    if (promotable.isPresent()) {
      if (chunks == 0) {
        output.message("not promoted: no chunk was analyzed, so nothing was compared");
        return ExitCode.FAILED;
      }
      Rule promoted = promotable.get();
      RulesInForce.put(connection.client(), rulesTopic, promoted);
      output.report("rule %s is in force: %s".formatted(promoted.id(), RuleRecord.json(promoted)));
    }
    return ExitCode.OK;
  }

  /// @return how many chunks were analyzed
  private long compare(KafkaConnection connection, RuleTable rules, Predicate<Detection> wanted) {
    ChronoscopeConfig settings = connection.settings();
    Scope scope =
        new Scope(
            topic.orElse(connection.topics().of(Topic.CHUNKS)),
            scopePattern(),
            range.from(),
            range.to());
    Backtest backtest = new Backtest(connection.client());
    Detections found = new Detections();
    List<Detection> live = readLive(connection).in(scope, wanted);
    try (ShadowTopics shadowTopics =
            new ShadowTopics(connection.client(), connection.topics(), shadow, SOURCE);
        DecodePool decoders = ConfiguredDecoding.decoders(settings, DecodeListener.SILENT);
        AnalysisRuntime runtime =
            AnalysisRuntime.open(
                settings,
                decoders,
                backtest.listener(),
                BatchListener.SILENT,
                engine ->
                    prompt.isPresent()
                        ? new PromptOverridingModel(engine, prompt.get())
                        : engine)) {
      AnalysisSettings analysis =
          LayerSettings.analysis(settings, runtime.hints(), Optional.empty());
      long chunks =
          backtest.replay(
              new ReplayedChunks(
                  new ChunkEnvelope(
                      Math.toIntExact(settings.kafka().maxChunkBytes().asLongValue())),
                  scope.streams(),
                  range.from(),
                  range.to()),
              scope.topic(),
              commits -> runtime.analysis(analysis, LoadGovernor.off(), rules, commits::apply),
              result -> {
                shadowTopics.publish(result);
                found.add(result);
              });
      shadowTopics.flush();
      if (chunks == 0) {
        output.report("no chunk in the time range is retained on " + scope.topic());
      }
      new BacktestReport(output, json)
          .print(Difference.between(live, found.in(scope, wanted)), chunks, shadowTopics.topics());
      return chunks;
    }
  }

  private StreamPattern scopePattern() {
    return new StreamPattern(streams.orElse("*"));
  }

  private static Detections readLive(KafkaConnection connection) {
    Detections live = new Detections();
    try (ResultReader reader =
        new ResultReader(
            connection.client(),
            List.of(connection.topics().of(Topic.EVENTS), connection.topics().of(Topic.ALERTS)),
            ResultReader.From.BEGINNING)) {
      reader.readToEnd(read -> {
        if (read instanceof Read.Published published) {
          live.add(published.result());
        }
      });
    }
    return live;
  }
}
