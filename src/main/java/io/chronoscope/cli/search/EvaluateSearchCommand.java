package io.chronoscope.cli.search;

import io.chronoscope.cli.console.Columns;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.evaluation.search.CalibrationFit;
import io.chronoscope.evaluation.search.GeneratedStreams;
import io.chronoscope.evaluation.search.QuestionSet;
import io.chronoscope.evaluation.search.SearchEvaluation;
import io.chronoscope.evaluation.search.SearchQuestion;
import io.chronoscope.evaluation.search.SearchQuestion.Kind;
import io.chronoscope.evaluation.search.SearchScore;
import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.query.Calibration;
import io.chronoscope.search.query.Cut;
import io.chronoscope.search.sentence.SentenceEncoder;
import io.chronoscope.service.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Scores search on questions with known answers.
@Command(
    name = "search",
    description = {
      "Scores search: questions with known answers over generated streams, by words, by meaning and"
          + " by both; then questions about the sample videos, whose hits the model checks.",
      "Recall@k, mean reciprocal rank, nDCG@10, temporal IoU of the first hit, and how many questions"
          + " without an answer got one."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class EvaluateSearchCommand implements Callable<Integer> {

  private static final int BATCH = 1_000;

  @Option(
      names = "--skip-grounding",
      description = "Leaves out the part with videos, which needs the model.")
  boolean skipGrounding;

  @Option(
      names = "--videos",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Only the first N sample videos, by name, in that part (default: all).")
  int videos = 1_000;

  @Option(
      names = "--calibrate",
      description = "Fits the cut for \"nothing found\" on the calibration set and prints it.")
  boolean calibrate;

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line.")
  boolean json;

  private final Output output;

  /// A line of the report.
  ///
  /// @param questions class of the questions, or `ALL`
  record Line(String by, String questions, SearchScore score) {}

  public EvaluateSearchCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    model.apply();
    if (calibrate && json) {
      throw new ConfigurationException("--calibrate prints numbers for the code; without --json");
    }
    if (videos < 1) {
      throw new ConfigurationException("--videos is at least 1");
    }
    ChronoscopeConfig settings = ConfigLoader.load();
    try (TextEmbedder embedder = SentenceEncoder.whenNeeded(settings.threads())) {
      if (calibrate) {
        fit(embedder);
        return ExitCode.OK;
      }
      List<Line> lines = new ArrayList<>(generated(embedder));
      if (!skipGrounding) {
        lines.addAll(new GroundingEvaluation(settings, videos, output).run(embedder));
      }
      print(lines);
    }
    return ExitCode.OK;
  }

  private static LuceneIndex index(GeneratedStreams streams, TextEmbedder embedder, Cut cut) {
    LuceneIndex index = LuceneIndex.open(IndexFiles.inMemory(), embedder, cut);
    streams.batches(BATCH).forEach(index::apply);
    return index;
  }

  private List<Line> generated(TextEmbedder embedder) {
    GeneratedStreams streams = QuestionSet.EVALUATION.streams();
    List<SearchQuestion> questions = QuestionSet.EVALUATION.questions();
    output.report(
        "%d questions over %d hours of generated streams with %d events …"
            .formatted(questions.size(), streams.hours(), streams.truths().size()));
    List<Line> lines = new ArrayList<>();
    try (LuceneIndex index = index(streams, embedder, Cut.CALIBRATED)) {
      SearchEvaluation evaluation = new SearchEvaluation(index, streams.truths());
      for (Matching matching : Matching.values()) {
        String name = matching.name().toLowerCase(Locale.ROOT);
        List<SearchScore.Answer> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
          List<SearchScore.Answer> answers =
              questions.stream()
                  .filter(question -> question.kind() == kind)
                  .map(question -> evaluation.ask(question, matching))
                  .toList();
          all.addAll(answers);
          lines.add(new Line(name, kind.name().toLowerCase(Locale.ROOT), SearchScore.of(answers)));
        }
        lines.add(new Line(name, "all", SearchScore.of(all)));
      }
    }
    return lines;
  }

  private void fit(TextEmbedder embedder) {
    GeneratedStreams streams = QuestionSet.CALIBRATION.streams();
    try (LuceneIndex index = index(streams, embedder, Cut.NONE)) {
      for (Matching matching : Matching.values()) {
        Calibration fitted =
            CalibrationFit.fit(
                index, embedder, QuestionSet.CALIBRATION.questions(), streams.truths(), matching);
        output.print(
            "%s = new Calibration(%s, %s, %s, %s, %s, %s)"
                .formatted(
                    matching,
                    Decimals.of(fitted.bias(), 2),
                    Decimals.of(fitted.coverage(), 2),
                    Decimals.of(fitted.missing(), 2),
                    Decimals.of(fitted.lacking(), 2),
                    Decimals.of(fitted.cosine(), 2),
                    Decimals.of(fitted.cut(), 3)));
      }
    }
  }

  private void print(List<Line> lines) {
    if (json) {
      lines.forEach(output::printJson);
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "by",
            "questions",
            "number",
            "R@1",
            "R@5",
            "MRR",
            "nDCG@10",
            "IoU",
            "answered IoU",
            "false answers"));
    for (Line line : lines) {
      SearchScore score = line.score();
      boolean positive = score.questions() > 0;
      rows.add(
          List.of(
              line.by(),
              line.questions(),
              Integer.toString(score.questions() + score.negatives()),
              number(positive, score.recallAt1()),
              number(positive, score.recallAt5()),
              number(positive, score.mrr()),
              number(positive, score.ndcgAt10()),
              number(positive, score.meanIou()),
              number(positive, score.meanAnsweredIou()),
              score.negatives() == 0
                  ? "–"
                  : "%d of %d".formatted(score.falseAnswers(), score.negatives())));
    }
    Columns.aligned(rows, output.outTerminal()).forEach(output::print);
  }

  private static String number(boolean there, double value) {
    return there ? Decimals.of(value, 3) : "–";
  }
}
