package io.chronoscope.cli;

import io.chronoscope.analysis.AnalysisEvent.SpanChecked;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Table;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.QueryAnalysis;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.evaluation.query.LogisticFit;
import io.chronoscope.evaluation.query.QueryScore;
import io.chronoscope.evaluation.query.QueryScore.Answered;
import io.chronoscope.evaluation.query.QueryScore.Reported;
import io.chronoscope.evaluation.query.QuerySet;
import io.chronoscope.evaluation.query.QuerySet.Query;
import io.chronoscope.evaluation.query.QuerySet.Span;
import io.chronoscope.render.Progress;
import io.chronoscope.service.ExitCode;
import io.chronoscope.vlm.Calibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Scores `analyze --query` on queries with known answers.
@Command(
    name = "queries",
    description = {
      "Scores queries with known answers about short clips: what does not happen and is reported all"
          + " the same (false), and what happens and is reported at a time when it does (found).",
      "The set is made by training/chronoscope.py queries, from seeds that training never draws."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class EvaluateQueriesCommand implements Callable<Integer> {

  private static final String ALL = "all";
  private static final Table KINDS =
      Table.empty().text("kind", 20).figure("asked", 6).figure("found", 14).figure("false", 14);

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "Directory of queries.json and its clips (default: training/queries).")
  Optional<Path> directory = Optional.empty();

  @Option(
      names = "--calibrate",
      description =
          "Fits the confidence of queries on this set and prints it for the checkpoint's"
              + " chronoscope.json. For a set of its own, such as seeds 100 to 199.")
  boolean calibrate;

  @Option(names = "--wrong", description = "Lists the queries that were answered wrongly.")
  boolean wrong;

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line.")
  boolean json;

  private final Output output;

  EvaluateQueriesCommand(Output output) {
    this.output = output;
  }

  /// @param kind class of queries, or "all"
  record Line(
      String kind,
      int asked,
      int happening,
      int found,
      double foundShare,
      int falseAnswers,
      double falseShare,
      double threshold) {}

  @Override
  public Integer call() throws IOException {
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Path folder = directory.orElseGet(() -> ConfigLoader.resolve(settings, "training/queries"));
    if (!Files.isRegularFile(folder.resolve(QuerySet.FILE))) {
      throw new EnvironmentException("there is no " + folder.resolve(QuerySet.FILE));
    }
    if (calibrate && (json || wrong)) {
      throw new ConfigurationException("--calibrate prints a calibration only");
    }
    QuerySet set = QuerySet.in(folder);
    double threshold = settings.questions().threshold();
    Queue<SpanChecked> checked = new ConcurrentLinkedQueue<>();
    List<Answered> answered =
        ask(
            settings,
            folder,
            set,
            calibrate ? 0 : threshold,
            event -> {
              if (event instanceof SpanChecked span) {
                checked.add(span);
              }
            });
    if (calibrate) {
      printCalibration(set, checked);
    } else {
      print(answered, threshold);
    }
    return ExitCode.OK;
  }

  private List<Answered> ask(
      ChronoscopeConfig settings,
      Path folder,
      QuerySet set,
      double threshold,
      AnalysisListener listener) {
    Map<String, List<String>> byClip = new LinkedHashMap<>();
    set.queries()
        .forEach(query ->
            byClip.computeIfAbsent(query.clip(), clip -> new ArrayList<>()).add(query.text()));
    Map<String, Map<String, List<VideoEvent>>> found = new LinkedHashMap<>();
    try (Progress progress = new Progress(output.err(), output.errTerminal());
        QueryAnalysis analysis = new QueryAnalysis(settings, threshold, listener)) {
      byClip.forEach((clip, queries) -> {
        progress.start(clip, Optional.empty());
        found.put(clip, analysis.run(folder.resolve(clip), queries));
        progress.end(clip);
      });
    }
    return set.queries().stream()
        .map(query ->
            new Answered(
                query,
                found
                    .getOrDefault(query.clip(), Map.of())
                    .getOrDefault(query.text(), List.of())
                    .stream()
                    .map(event ->
                        new Reported(
                            new Span(event.startOffsetMs(), event.endOffsetMs()),
                            event.certainty().confidence().orElse(0)))
                    .toList()))
        .toList();
  }

  /// Each query is one case, by the surest of its windows.
  private void printCalibration(QuerySet set, Collection<SpanChecked> checked) {
    List<LogisticFit.Case> cases = new ArrayList<>();
    for (Query query : set.queries()) {
      String stream = FileFeed.streamOf(Path.of(query.clip()));
      checked.stream()
          .filter(span -> span.stream().equals(stream) && span.query().equals(query.text()))
          .map(EvaluateQueriesCommand::features)
          .max(Comparator.comparingDouble(features -> features[0] + features[1] + features[2]))
          .ifPresent(features -> cases.add(new LogisticFit.Case(features, query.holds())));
    }
    double[] weights = ConfidenceFit.of(cases);
    output.report(
        "%d of %d queries reached the check".formatted(cases.size(), set.queries().size()));
    output.print(
        String.format(
            Locale.ROOT,
            "\"queryConfidence\": {\"bias\": %.3f, \"whether\": %.3f, \"span\": %.3f, \"half\": %.3f}",
            weights[0],
            weights[1],
            weights[2],
            weights[3]));
  }

  private static double[] features(SpanChecked span) {
    return new double[] {
      Calibration.logOdds(span.score()),
      Calibration.logOdds(span.spanScore()),
      Calibration.logOdds(span.halfScore())
    };
  }

  private void print(List<Answered> answered, double threshold) {
    Map<String, List<Answered>> byKind = new TreeMap<>();
    answered.forEach(
        one -> byKind.computeIfAbsent(one.query().kind(), kind -> new ArrayList<>()).add(one));
    if (!json) {
      output.print(KINDS.row("confidence " + threshold, "asked", "found", "false"));
    }
    byKind.forEach((kind, some) -> printLine(kind, some, threshold));
    printLine(ALL, answered, threshold);
    if (wrong) {
      answered.stream()
          .filter(one -> isWrong(QueryScore.of(List.of(one), threshold)))
          .forEach(one ->
              output.print(
                  "%s, %s (%s): '%s' %s"
                      .formatted(
                          one.query().clip(),
                          one.query().kind(),
                          one.query().style(),
                          one.query().text(),
                          one.reported())));
    }
  }

  private static boolean isWrong(QueryScore one) {
    return one.foundShare() < 1 || one.falseAnswers() > 0;
  }

  private void printLine(String kind, List<Answered> answered, double threshold) {
    QueryScore score = QueryScore.of(answered, threshold);
    if (json) {
      output.printJson(
          new Line(
              kind,
              score.asked(),
              score.happening(),
              score.found(),
              score.foundShare(),
              score.falseAnswers(),
              score.falseShare(),
              threshold));
      return;
    }
    int absent = score.asked() - score.happening();
    output.print(
        KINDS.row(
            kind,
            score.asked(),
            share(score.found(), score.happening(), score.foundShare()),
            share(score.falseAnswers(), absent, score.falseShare())));
  }

  private static String share(int count, int of, double share) {
    return of == 0 ? "" : "%d (%s)".formatted(count, Decimals.of(share, 3));
  }
}
