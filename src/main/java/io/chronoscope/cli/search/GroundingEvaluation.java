package io.chronoscope.cli.search;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.run.EmbeddedService;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.Pace;
import io.chronoscope.cli.run.SegmentStream;
import io.chronoscope.cli.search.EvaluateSearchCommand.Line;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.domain.TemporalIou;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.search.SearchScore;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.follow.IndexFollower;
import io.chronoscope.search.grounding.GroundedSearch;
import io.chronoscope.search.grounding.QuestionGrounding;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// Sends the sample videos through the whole service and asks about each of their true events, and
/// about those of the other videos, which do not happen in it: once the index alone, once with the
/// model's check.
final class GroundingEvaluation {

  private static final Duration CHUNK = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int NEGATIVES_EACH = 4;
  private static final int HITS = 5;

  private record Asked(String stream, String text, List<GroundTruth.Event> expected) {}

  private final ChronoscopeConfig settings;
  private final int videos;
  private final Output output;

  /// @param videos the most sample videos, first by name
  GroundingEvaluation(ChronoscopeConfig settings, int videos, Output output) {
    this.settings = settings;
    this.videos = videos;
    this.output = output;
  }

  List<Line> run(TextEmbedder embedder) {
    Map<String, GroundTruth> truths = new LinkedHashMap<>();
    List<SegmentStream> streams = new ArrayList<>();
    try {
      for (Path file : videos()) {
        Optional<GroundTruth> truth = GroundTruth.of(file);
        if (truth.isPresent() && streams.size() < videos) {
          truths.put(FileFeed.streamOf(file), truth.get());
          streams.add(new SegmentStream(FileFeed.streamOf(file), FileFeed.cut(file, CHUNK)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Asked> questions = questions(truths);
    output.report(
        "%d questions about %d sample videos, with the model …"
            .formatted(questions.size(), streams.size()));
    List<Line> lines = new ArrayList<>();
    new EmbeddedService(settings, AnalysisListener.SILENT, List.of())
        .run(
            streams,
            Pace.IMMEDIATE,
            result -> {},
            complete -> lines.addAll(ask(client(), questions, embedder)));
    return lines;
  }

  /// Of the broker in this process, whose address the embedded service has put into the settings.
  private static Map<String, Object> client() {
    return KafkaClientConfig.ofCommand(ConfigLoader.load());
  }

  private List<Path> videos() {
    Path folder = ConfigLoader.resolve(settings, "video-samples");
    if (!Files.isDirectory(folder)) {
      throw new EnvironmentException("there are no sample videos at " + folder.toAbsolutePath());
    }
    return FileFeed.videosIn(folder);
  }

  private static List<Asked> questions(Map<String, GroundTruth> truths) {
    List<Asked> questions = new ArrayList<>();
    truths.forEach((stream, truth) -> {
      Set<String> mine = new LinkedHashSet<>();
      truth.events().forEach(event -> mine.add(event.description()));
      for (String text : mine) {
        questions.add(
            new Asked(
                stream,
                words(text),
                truth.events().stream()
                    .filter(event -> isAnswer(event.description(), text))
                    .toList()));
      }
      Set<String> others = new LinkedHashSet<>();
      truths
          .values()
          .forEach(other -> other.events().forEach(event -> others.add(event.description())));
      others.removeIf(
          text -> mine.stream().anyMatch(own -> isAnswer(own, text) || isAnswer(text, own)));
      others.stream()
          .limit(NEGATIVES_EACH)
          .forEach(text -> questions.add(new Asked(stream, words(text), List.of())));
    });
    return questions;
  }

  /// A question about a movement includes one that stops.
  private static boolean isAnswer(String description, String asked) {
    return words(description).startsWith(words(asked));
  }

  private static String words(String description) {
    return description.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
  }

  private List<Line> ask(Map<String, Object> client, List<Asked> questions, TextEmbedder embedder) {
    TopicNames names = LayerSettings.topicNames(settings);
    try (LuceneIndex index = LuceneIndex.open(IndexFiles.inMemory(), embedder)) {
      try (IndexFollower follower =
          new IndexFollower(client, names, index, Optional.empty(), InstantSource.system())) {
        follower.catchUp();
      }
      Map<String, Instant> starts = new LinkedHashMap<>();
      for (StreamFacts stream : index.streams()) {
        starts.put(stream.id(), stream.end().map(end -> end.start()).orElse(stream.firstStart()));
      }
      GroundedSearch grounded =
          new GroundedSearch(index, new QuestionGrounding(client, names, TIMEOUT));
      List<SearchScore.Answer> plain = new ArrayList<>();
      List<SearchScore.Answer> checked = new ArrayList<>();
      for (Asked asked : questions) {
        SearchRequest request =
            new SearchRequest(
                asked.text(),
                ResultFilter.VALID.withStream(new StreamPattern(asked.stream())),
                HITS);
        Instant start = starts.getOrDefault(asked.stream(), Instant.EPOCH);
        plain.add(answer(index.search(request), asked, start));
        checked.add(answer(grounded.search(request), asked, start));
      }
      return List.of(
          new Line("hybrid", "videos", SearchScore.of(plain)),
          new Line("hybrid + grounding", "videos", SearchScore.of(checked)));
    }
  }

  /// A hit is relevant when it overlaps a true event that no better hit found.
  private static SearchScore.Answer answer(SearchOutcome outcome, Asked asked, Instant start) {
    List<Boolean> relevance = new ArrayList<>();
    List<GroundTruth.Event> left = new ArrayList<>(asked.expected());
    OptionalDouble first = OptionalDouble.empty();
    for (SearchHit hit : outcome.hitList()) {
      GroundTruth.Event best = null;
      double bestIou = 0;
      for (GroundTruth.Event event : asked.expected()) {
        double iou = iou(hit, event, start);
        if (iou > bestIou) {
          best = event;
          bestIou = iou;
        }
      }
      if (relevance.isEmpty()) {
        first = OptionalDouble.of(bestIou);
      }
      relevance.add(best != null && bestIou >= 0.3 && left.remove(best));
    }
    return new SearchScore.Answer(relevance, asked.expected().size(), first);
  }

  private static double iou(SearchHit hit, GroundTruth.Event event, Instant start) {
    return TemporalIou.of(
        Duration.between(start, hit.start()).toMillis(),
        Duration.between(start, hit.end()).toMillis(),
        event.startMs(),
        event.endMs());
  }
}
