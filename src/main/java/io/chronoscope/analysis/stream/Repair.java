package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamPosition.PublishedGap;
import io.chronoscope.analysis.summary.SummaryFactory;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.analysis.window.WindowAnalyzer;
import io.chronoscope.analysis.window.WindowAnswer;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.rule.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Repairs gaps with a redriven chunk: analyzes those parts of the chunk that were missing, each by
/// itself and in pieces no longer than a window. Rules are not evaluated: their alerts are
/// published already, or would come too late.
final class Repair {

  private final StreamClock clock;
  private final AnalysisSettings settings;
  private final StreamTools tools;
  private final String stream;
  private final WindowAnalyzer analyzer;

  Repair(String stream, StreamClock clock, AnalysisSettings settings, StreamTools tools) {
    this.stream = stream;
    this.clock = clock;
    this.settings = settings;
    this.tools = tools;
    this.analyzer = new WindowAnalyzer(stream, settings, tools.window(), Rules.NONE);
  }

  /// @param results what is to be published; empty when the chunk fills no gap
  /// @param recoveredMicros how much is no longer missing
  record Repaired(List<Result> results, long recoveredMicros) {}

  private record Range(Instant from, Instant until) {}

  /// @throws UnreadableMediaException when the chunk cannot be decoded to its end
  Repaired repair(PlacedChunk chunk, StreamAggregator aggregator, Gaps gaps)
      throws UnreadableMediaException {
    long startNanos = System.nanoTime();
    ChunkReader reader = new ChunkReader(tools.window(), settings, clock.startEpochMicros());
    ChunkReader.Read read = reader.read(chunk.chunk(), StreamClock.epochMicros(chunk.start()));
    try {
      List<Range> shown = shown(chunk.start(), read.facts());
      List<PublishedGap> filled =
          shown.stream()
              .flatMap(range -> gaps.within(range.from(), range.until()).stream())
              .toList();
      List<WindowAnswer> answers = new ArrayList<>();
      filled.forEach(part -> answers.addAll(analyze(part, read.frames(), reader)));
      long recoveredMicros =
          filled.stream()
              .mapToLong(part -> StreamClock.microsBetween(part.start(), part.end()))
              .sum();
      if (recoveredMicros > 0) {
        tools
            .listener()
            .on(
                new ChunkDecoded(
                    stream,
                    read.facts(),
                    read.frames().size(),
                    Duration.ofNanos(System.nanoTime() - startNanos)));
      }
      List<Result> results = new ArrayList<>(aggregator.addRepairs(answers));
      shown.forEach(range -> results.addAll(gaps.fill(range.from(), range.until())));
      return new Repaired(results, recoveredMicros);
    } finally {
      read.frames().forEach(frame -> frame.picture().close());
    }
  }

  private List<WindowAnswer> analyze(
      PublishedGap part, List<SampledFrame> frames, ChunkReader reader) {
    List<WindowAnswer> answers = new ArrayList<>();
    for (Instant from = part.start(); from.isBefore(part.end()); ) {
      Instant until = earlier(from.plus(settings.windows().length()), part.end());
      long fromMicros = clock.offsetMicros(from);
      long untilMicros = clock.offsetMicros(until);
      List<SampledFrame> candidates = between(frames, fromMicros, untilMicros);
      if (!candidates.isEmpty()) {
        answers.add(
            analyzer.analyze(
                SummaryFactory.repairNumber(fromMicros),
                candidates,
                reader.grid(),
                untilMicros,
                tools.load().detailLevel(stream)));
      }
      from = until;
    }
    return answers;
  }

  /// The chunk's time without its gaps.
  private static List<Range> shown(Instant start, MediaFacts facts) {
    List<Range> shown = new ArrayList<>();
    Instant from = start;
    for (MediaFacts.Gap gap : facts.gaps()) {
      shown.add(new Range(from, StreamClock.plusMicros(start, gap.fromMicros())));
      from = StreamClock.plusMicros(start, gap.untilMicros());
    }
    shown.add(new Range(from, StreamClock.plusMicros(start, facts.durationMicros())));
    return shown;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private List<SampledFrame> between(List<SampledFrame> frames, long fromMicros, long untilMicros) {
    return frames.stream()
        .filter(frame -> {
          long time = clock.offsetMicros(frame.gridMicros());
          return time >= fromMicros && time < untilMicros;
        })
        .toList();
  }
}
