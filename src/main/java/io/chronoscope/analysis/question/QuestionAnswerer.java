package io.chronoscope.analysis.question;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.ChunkArchive.ChunkCursor;
import io.chronoscope.analysis.ChunkArchive.TooMuchToReadException;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.analysis.window.EmbeddingCache;
import io.chronoscope.analysis.window.GroundingResult;
import io.chronoscope.analysis.window.ModelSession;
import io.chronoscope.analysis.window.TemporalGrounder;
import io.chronoscope.analysis.window.WindowAnalyzer;
import io.chronoscope.analysis.window.WindowView;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.BatchedModel.Urgency;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.QuestionAnswer.NotSeen;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.rule.Rules;
import io.chronoscope.sampling.SampleGrid;
import io.chronoscope.shedding.DetailLevel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Answers questions about stretches of streams. What the main flow, a rule or another question has
/// seen lately is taken as it was seen; the rest is read again and decoded, and of that only those
/// frame pairs are encoded that are not there any more. Everything that the model computes for it
/// gives way to what is live. Thread-safe.
public final class QuestionAnswerer {

  private static final String TO_COME = "still to come";

  /// An answer is one record, so it has no more spans, and no more parts that were not seen.
  private static final int MOST_PARTS = 200;

  private static final String UNUSABLE =
      "the model said neither whether nor when it happens in a form that can be read; is it a model"
          + " that answers yes or no?";

  private final AnalysisSettings settings;
  private final QuestionLimits limits;
  private final Tools tools;
  private final InstantSource clock;

  /// What questions are answered with. It owns none of it.
  ///
  /// @param pairs of `model`, shared with the main flow
  public record Tools(
      MediaDecoder decoder,
      ReferencedMedia references,
      BatchedModel model,
      EmbeddingCache pairs,
      ChunkArchive archive,
      StreamStarts starts,
      AnalysisListener listener) {}

  public QuestionAnswerer(
      AnalysisSettings settings, QuestionLimits limits, Tools tools, InstantSource clock) {
    this.settings = settings;
    this.limits = limits;
    this.tools = tools;
    this.clock = clock;
  }

  /// Which model answers.
  public ModelRef model() {
    return tools.model().ref();
  }

  /// The answer; also to a question that has none.
  ///
  /// @throws RuntimeException when the chunks or the model cannot be got at
  public QuestionAnswer answer(Question question) {
    if (question.from().plus(limits.maxRange()).isBefore(question.to())) {
      return refused(
          question,
          "from and to are %s apart, more than %s"
              .formatted(Duration.between(question.from(), question.to()), limits.maxRange()));
    }
    try {
      return new Search(question).run();
    } catch (TooMuchToReadException e) {
      return refused(
          question, isToCome(question) ? toCome(question) : String.valueOf(e.getMessage()));
    }
  }

  private boolean isToCome(Question question) {
    return question.from().isAfter(clock.instant());
  }

  private String toCome(Question question) {
    return "from (%s) is in the future; it is %s"
        .formatted(question.from(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
  }

  private QuestionAnswer refused(Question question, String problem) {
    return refused(question, problem, List.of());
  }

  private QuestionAnswer refused(Question question, String why, List<NotSeen> notSeen) {
    return answer(question, Optional.of(Rejection.cut(why)), List.of(), notSeen, Optional.empty());
  }

  private QuestionAnswer answer(
      Question question,
      Optional<String> problem,
      List<QuestionAnswer.Span> spans,
      List<NotSeen> notSeen,
      Optional<Sampling> sampling) {
    return new QuestionAnswer(
        question.id(),
        question.stream(),
        question.text(),
        Optional.of(question.from()),
        Optional.of(question.to()),
        problem,
        spans,
        notSeen,
        model(),
        sampling);
  }

  /// One question on its way to its answer.
  private final class Search {

    private final Question question;
    private final String sought;
    private final long fromMicros;
    private final long toMicros;
    private final AnswerSpans spans;
    private final List<NotSeen> notSeen = new ArrayList<>();
    private final List<Sampling> samplings = new ArrayList<>();
    private final Set<Long> framesSeen = new HashSet<>();
    private int judged;

    Search(Question question) {
      this.question = question;
      this.sought = QuestionWords.sought(question.text());
      this.fromMicros = RangeReader.micros(question.from());
      this.toMicros = RangeReader.micros(question.to());
      this.spans = new AnswerSpans(fromMicros, toMicros);
    }

    QuestionAnswer run() {
      long cursor = fromMicros;
      OptionalLong start = tools.pairs().startOf(question.stream(), toMicros);
      if (start.isPresent()) {
        List<WindowView> seen =
            tools.pairs().recall(question.stream(), start.getAsLong(), fromMicros, toMicros);
        for (WindowView view : seen) {
          long begins = view.startMicros() + view.span().firstMicros();
          long ends = view.startMicros() + view.span().untilMicros();
          if (ends <= cursor) {
            continue;
          }
          if (begins > cursor + view.span().gapMicros()) {
            Optional<String> problem = look(start, cursor, Math.min(begins, toMicros), true);
            if (problem.isPresent()) {
              return refused(question, problem.get());
            }
          }
          ask(view);
          cursor = ends;
        }
      }
      if (cursor < toMicros) {
        boolean seenBefore = start.isPresent();
        Optional<String> problem = look(start, cursor, toMicros, seenBefore);
        if (problem.isPresent()) {
          return refused(question, problem.get());
        }
      }
      if (samplings.isEmpty()) {
        return refused(question, nothingThere(), parts());
      }
      return judged == 0 ? refused(question, UNUSABLE, parts()) : answered();
    }

    private String nothingThere() {
      return isToCome(question)
          ? toCome(question)
          : "nothing between from and to can be seen: "
              + parts().stream().map(NotSeen::reason).distinct().collect(Collectors.joining("; "));
    }

    /// Reads a part of the stretch again.
    ///
    /// @param known whether the stream is known, though nothing of it may be there any more
    /// @return what stands against an answer
    private Optional<String> look(OptionalLong start, long from, long to, boolean known) {
      Instant begin = instant(from);
      Instant end = instant(to);
      Instant back = begin.minus(settings.windows().length());
      Instant ahead = end.plus(settings.windows().length());
      Optional<ChunkCursor> opened = tools.archive().open(question.stream(), back, ahead);
      if (opened.isEmpty()) {
        if (known) {
          notSeen.add(new NotSeen(begin, end, "no longer retained"));
          return Optional.empty();
        }
        return Optional.of(
            "stream %s is unknown: no chunk of it is there".formatted(question.stream()));
      }
      try (ChunkCursor stretch = opened.get()) {
        read(new Peeked(stretch), start, from, to);
      }
      return Optional.empty();
    }

    private void read(Peeked stretch, OptionalLong known, long from, long to) {
      Optional<StreamInput.Chunk> first = stretch.firstChunk();
      long anchor =
          known.orElseGet(() ->
              first
                  .flatMap(chunk -> tools.starts().of(question.stream(), chunk.origin()))
                  .map(RangeReader::micros)
                  .filter(micros -> micros <= to)
                  .or(() -> first.map(QuestionAnswerer::startMicros))
                  .orElse(from));
      ChunkReader chunks =
          new ChunkReader(tools.decoder(), tools.references(), settings, tools.model(), anchor);
      WindowPlan windows = settings.windows();
      long window = Math.max(0, Math.floorDiv(from - anchor, windows.strideMicros()));
      chunks.skipBefore(anchor + windows.startOf(window));
      WindowAnalyzer analyst =
          new WindowAnalyzer(
              question.stream(),
              settings,
              tools.model(),
              Rules.NONE,
              tools.pairs(),
              tools.listener(),
              // What is asked for later has not waited.
              () -> Instant.EPOCH);
      try (RangeReader reader = new RangeReader(stretch, chunks)) {
        long last = Math.max(window, windows.lastOf(to - anchor));
        for (; window <= last; window++) {
          long begins = anchor + windows.startOf(window);
          long ends = anchor + windows.endOf(window);
          reader.dropBefore(begins);
          reader.readTo(instant(ends));
          List<SampledFrame> candidates =
              reader.frames().stream().filter(frame -> frame.gridMicros() < ends).toList();
          if (!candidates.isEmpty()) {
            long covered = reader.covered().map(RangeReader::micros).orElse(ends);
            lookAt(analyst, window, candidates, chunks.grid(), Math.min(ends, covered) - anchor);
          }
        }
        reader.notSeen(instant(from), instant(to)).forEach(this::add);
      }
    }

    private void lookAt(
        WindowAnalyzer analyst,
        long window,
        List<SampledFrame> candidates,
        SampleGrid grid,
        long untilMicros) {
      ask(analyst.look(window, candidates, grid, untilMicros, DetailLevel.FULL, Urgency.LATER));
    }

    private void ask(WindowView whole) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("question " + question.id() + " is no longer asked here");
      }
      Optional<WindowView> part = whole.within(fromMicros, toMicros);
      if (part.isEmpty()) {
        return;
      }
      WindowView view = part.get();
      ModelSession session = view.session(tools.model(), settings.maxNewTokens(), Urgency.LATER);
      GroundingResult verdict =
          new TemporalGrounder(question.stream(), tools.listener())
              .judge(session, sought, limits.threshold(), view.shownMicros())
              .join();
      judged += verdict.problem().isEmpty() ? 1 : 0;
      samplings.add(view.sampling());
      framesSeen.addAll(view.times().micros());
      verdict.when().ifPresent(told -> spans.add(view, view.sighting(told), verdict.score()));
      verdict
          .problem()
          .ifPresent(problem ->
              add(
                  new NotSeen(
                      instant(view.times().micros().getFirst()),
                      instant(view.startMicros() + view.span().untilMicros()),
                      "the model's answer could not be used: " + problem)));
    }

    /// Only what lies in the stretch.
    private void add(NotSeen part) {
      Instant start = part.start().isBefore(question.from()) ? question.from() : part.start();
      Instant end = part.end().isAfter(question.to()) ? question.to() : part.end();
      if (start.isBefore(end)) {
        notSeen.add(new NotSeen(start, end, part.reason()));
      }
    }

    private QuestionAnswer answered() {
      List<QuestionAnswer.Span> all = spans.merged();
      if (all.size() > MOST_PARTS) {
        add(
            new NotSeen(
                all.get(MOST_PARTS).start(),
                question.to(),
                "an answer has no more than %d spans".formatted(MOST_PARTS)));
        all = all.subList(0, MOST_PARTS);
      }
      return answer(question, Optional.empty(), all, parts(), sampling());
    }

    private List<NotSeen> parts() {
      Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      List<NotSeen> all =
          notSeen.stream()
              .flatMap(part -> asOf(now, part))
              .distinct()
              .sorted(Comparator.comparing(NotSeen::start))
              .toList();
      if (all.size() <= MOST_PARTS) {
        return all;
      }
      List<NotSeen> few = new ArrayList<>(all.subList(0, MOST_PARTS - 1));
      List<NotSeen> rest = all.subList(MOST_PARTS - 1, all.size());
      few.add(
          new NotSeen(
              rest.getFirst().start(),
              rest.stream().map(NotSeen::end).max(Comparator.naturalOrder()).orElseThrow(),
              "%d parts of this".formatted(rest.size())));
      return few;
    }

    /// That nothing is there yet is no wonder.
    private static Stream<NotSeen> asOf(Instant now, NotSeen part) {
      if (!part.end().isAfter(now)) {
        return Stream.of(part);
      }
      Instant from = part.start().isAfter(now) ? part.start() : now;
      NotSeen toCome = new NotSeen(from, part.end(), TO_COME);
      return part.start().isBefore(now)
          ? Stream.of(new NotSeen(part.start(), now, part.reason()), toCome)
          : Stream.of(toCome);
    }

    /// The least closely looked at part counts.
    private Optional<Sampling> sampling() {
      return samplings.stream()
          .min(Comparator.comparingDouble(Sampling::fps))
          .map(least ->
              new Sampling(
                  framesSeen.size(),
                  least.fps(),
                  least.reason(),
                  samplings.stream().mapToInt(Sampling::videoTokens).sum(),
                  least.frameWidthPx(),
                  least.frameHeightPx(),
                  samplings.stream().mapToLong(Sampling::lagMs).max().orElse(0),
                  samplings.stream().mapToInt(Sampling::loadLevel).max().orElse(0)));
    }
  }

  private static long startMicros(StreamInput.Chunk chunk) {
    return RangeReader.micros(chunk.declaredStart().orElse(chunk.recordTime()));
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /// A stretch of which the first chunk is looked at before anything is read.
  private static final class Peeked implements ChunkCursor {

    private final ChunkCursor stretch;
    private final List<StreamInput> seen = new ArrayList<>();

    Peeked(ChunkCursor stretch) {
      this.stretch = stretch;
    }

    Optional<StreamInput.Chunk> firstChunk() {
      while (true) {
        Optional<StreamInput> next = stretch.next();
        next.ifPresent(seen::add);
        if (next.isEmpty()) {
          return Optional.empty();
        }
        if (next.get() instanceof StreamInput.Chunk chunk) {
          return Optional.of(chunk);
        }
      }
    }

    @Override
    public Optional<StreamInput> next() {
      return seen.isEmpty() ? stretch.next() : Optional.of(seen.removeFirst());
    }

    @Override
    public boolean earlierExpired() {
      return stretch.earlierExpired();
    }

    @Override
    public void close() {
      stretch.close();
    }
  }
}
