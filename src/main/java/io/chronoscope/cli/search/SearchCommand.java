package io.chronoscope.cli.search;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.LocalTimes;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.PictureFiles;
import io.chronoscope.cli.console.PointInTime;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.InvalidQueryException;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.grounding.GroundedSearch;
import io.chronoscope.search.grounding.QuestionGrounding;
import io.chronoscope.search.query.SearchText;
import io.chronoscope.search.sentence.SentenceEncoder;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.ResultType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Finds moments in words.
@Command(
    name = "search",
    description = {
      "Finds the moments that fit a text best, or says that there is none.",
      "A phrase in double quotes must occur as written, -word must not occur, and begin* stands for"
          + " words that begin so. Searches the events, alerts, summaries and gaps on the topics,"
          + " through an index on this machine (chronoscope.search.directory)."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class SearchCommand implements Callable<Integer> {

  @Parameters(arity = "0..*", paramLabel = "TEXT", description = "What to look for.")
  List<String> words = new ArrayList<>();

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "Looks for what this picture shows: the model describes it.")
  Optional<Path> image = Optional.empty();

  @Option(
      names = "--stream",
      paramLabel = "PATTERN",
      description = "Only these streams; * stands for any characters.")
  Optional<String> stream = Optional.empty();

  @Option(
      names = {"--from", "--since"},
      paramLabel = "T",
      converter = PointInTime.class,
      description = "Only what ends then or later: 12:00, 10m (ago), 2026-05-04T12:00:00Z.")
  Optional<Instant> from = Optional.empty();

  @Option(
      names = {"--to", "--until"},
      paramLabel = "T",
      converter = PointInTime.class,
      description = "Only what starts before.")
  Optional<Instant> to = Optional.empty();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      split = ",",
      description = "Only these: event, alert, summary, gap, unanswered, dead_letter.")
  Set<ResultType> types = Set.of();

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      split = ",",
      description = "Only these: open, update, closed, withdrawn (default: all but withdrawn).")
  Set<Status> statuses = Set.of();

  @Option(names = "--rule", paramLabel = "ID", description = "Only alerts of this rule.")
  Optional<String> rule = Optional.empty();

  @Option(
      names = "--min-confidence",
      paramLabel = "P",
      description = "Leaves out results that state a lower confidence, 0 to 1.")
  Optional<Double> minConfidence = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10",
      description = "Maximum number of hits (default: ${DEFAULT-VALUE}).")
  int limit = 10;

  @Option(
      names = "--by",
      paramLabel = "words|meaning|hybrid",
      defaultValue = "hybrid",
      description = "How results are matched (default: ${DEFAULT-VALUE}).")
  Matching matching = Matching.HYBRID;

  @Option(
      names = "--ground",
      description =
          "The model of a running service checks the best hits in the retained video and moves"
              + " their bounds.")
  boolean ground;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "120",
      converter = SecondsConverter.class,
      description = "Seconds to wait for the check (default: ${DEFAULT-VALUE}).")
  Duration timeout = Duration.ofSeconds(120);

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line, best first.")
  boolean json;

  private final Output output;

  public SearchCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    model.apply();
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    SearchRequest request;
    try {
      request = request(settings);
    } catch (InvalidQueryException e) {
      throw inOptions(e);
    }
    KafkaConnection connection = KafkaConnection.open(settings);
    try (OpenedIndex opened =
        OpenedIndex.of(connection, SentenceEncoder.whenNeeded(settings.threads()))) {
      print(search(request, opened.index(), connection));
    } catch (InvalidQueryException e) {
      throw inOptions(e);
    }
    return ExitCode.OK;
  }

  /// Names the option instead of the request's field.
  private static ConfigurationException inOptions(InvalidQueryException problem) {
    String message = String.valueOf(problem.getMessage());
    String option =
        problem.field().equals("q")
            ? "TEXT"
            : "--" + problem.field().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    return new ConfigurationException(
        message.replaceFirst("\\A" + problem.field(), option), problem);
  }

  private SearchRequest request(ChronoscopeConfig settings) {
    String text = String.join(" ", words);
    if (image.isPresent()) {
      if (!text.isBlank()) {
        throw new ConfigurationException("--image replaces the text; give one or the other");
      }
      text = SearchText.ofWords(description(image.get(), settings));
      if (text.isBlank()) {
        throw new ConfigurationException("the model sees nothing to search for in " + image.get());
      }
      output.report("the picture shows: " + text);
    } else if (text.isBlank()) {
      throw new ConfigurationException(
          "search needs a TEXT, or --image; example: chronoscope search \"a red circle stops\"");
    }
    ResultFilter filter =
        (statuses.isEmpty() ? ResultFilter.VALID : ResultFilter.ALL.withStatuses(statuses))
            .withTypes(types)
            .withRange(from, to);
    if (stream.isPresent()) {
      filter = filter.withStream(pattern(stream.get()));
    }
    if (rule.isPresent()) {
      filter = filter.withRule(rule.get());
    }
    if (minConfidence.isPresent()) {
      filter = filter.withMinConfidence(minConfidence.get());
    }
    return new SearchRequest(text, filter, matching, limit);
  }

  private static String description(Path file, ChronoscopeConfig settings) {
    try (Picture picture = PictureFiles.read(file);
        AnalysisRuntime runtime =
            AnalysisRuntime.open(
                settings, new FfmpegDecoder(), AnalysisListener.SILENT, BatchListener.SILENT)) {
      return runtime.describe(
          picture, LayerSettings.analysis(settings, runtime.hints(), Optional.empty()));
    }
  }

  private static StreamPattern pattern(String text) {
    try {
      return new StreamPattern(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidQueryException("stream", String.valueOf(e.getMessage()));
    }
  }

  private SearchOutcome search(
      SearchRequest request, ResultIndex index, KafkaConnection connection) {
    if (!ground) {
      return index.search(request);
    }
    return new GroundedSearch(
            index, new QuestionGrounding(connection.client(), connection.topics(), timeout))
        .search(request);
  }

  private void print(SearchOutcome outcome) {
    switch (outcome) {
      case SearchOutcome.NothingFound nothing ->
          output.report("nothing found: " + nothing.reason());
      case SearchOutcome.Found found -> {
        HitLines lines = new HitLines(output.outTerminal(), LocalTimes.ofMachine());
        int rank = 1;
        for (SearchHit hit : found.hits()) {
          if (json) {
            output.printJson(HitJson.of(rank, hit));
          } else {
            lines.of(rank, hit).forEach(output::print);
          }
          rank++;
        }
      }
    }
  }
}
