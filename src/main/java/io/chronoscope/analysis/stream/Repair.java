package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamPosition.PublishedGap;
import io.chronoscope.analysis.stream.ChunkOrder.Placed;
import io.chronoscope.analysis.summary.SummaryFactory;
import io.chronoscope.analysis.window.AnalysisTools;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.analysis.window.WindowAnalyzer;
import io.chronoscope.analysis.window.WindowAnswer;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.rule.Rules;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Looks at a chunk that comes after its time is over: at those parts of it that were missed, by
/// themselves, in stretches no longer than a window.
final class Repair {

  private final String stream;
  private final AnalysisSettings settings;
  private final AnalysisTools tools;

  Repair(String stream, AnalysisSettings settings, AnalysisTools tools) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
  }

  /// @param results what is to be published; none when nothing of the chunk was missed
  /// @param seenMicros how much of what was missed is not missed any more
  record Repaired(List<Result> results, long seenMicros) {}

  Repaired look(Placed chunk, StreamAggregator told, Gaps gaps) throws UnreadableMediaException {
    long beganNanos = System.nanoTime();
    ChunkReader reader = new ChunkReader(tools, settings, told.startMicros());
    // What rules would find is out already, or too late to be told.
    WindowAnalyzer analyst = new WindowAnalyzer(stream, settings, tools, Rules.NONE);
    ChunkReader.Read read =
        reader.read(chunk.chunk(), ChronoUnit.MICROS.between(Instant.EPOCH, chunk.start()));
    try {
      Instant end = chunk.start().plus(read.facts().durationMicros(), ChronoUnit.MICROS);
      List<WindowAnswer> answers = new ArrayList<>();
      long seen = 0;
      List<PublishedGap> parts = new ArrayList<>();
      List<Stretch> shown = shown(chunk.start(), end, read.facts());
      shown.forEach(stretch -> parts.addAll(gaps.within(stretch.from(), stretch.until())));
      for (PublishedGap part : parts) {
        seen += ChronoUnit.MICROS.between(part.start(), part.end());
        Instant from = part.start();
        while (from.isBefore(part.end())) {
          Instant until = earlier(from.plus(settings.windows().length()), part.end());
          List<SampledFrame> candidates =
              between(read.frames(), told, told.micros(from), told.micros(until));
          if (!candidates.isEmpty()) {
            answers.add(
                analyst.analyze(
                    SummaryFactory.repairNumber(told.micros(from)),
                    candidates,
                    reader.grid(),
                    told.micros(until),
                    tools.load().look(stream)));
          }
          from = until;
        }
      }
      if (seen > 0) {
        tools
            .listener()
            .on(
                new ChunkDecoded(
                    stream,
                    read.facts(),
                    read.frames().size(),
                    Duration.ofNanos(System.nanoTime() - beganNanos)));
      }
      List<Result> results = new ArrayList<>(told.repaired(answers));
      shown.forEach(
          stretch -> results.addAll(gaps.fill(told.start(), stretch.from(), stretch.until())));
      return new Repaired(results, seen);
    } finally {
      read.frames().forEach(frame -> frame.picture().close());
    }
  }

  private record Stretch(Instant from, Instant until) {}

  /// All of the chunk but its holes.
  private static List<Stretch> shown(Instant start, Instant end, MediaFacts facts) {
    List<Stretch> shown = new ArrayList<>();
    Instant from = start;
    for (MediaFacts.Gap hole : facts.gaps()) {
      shown.add(new Stretch(from, start.plus(hole.fromMicros(), ChronoUnit.MICROS)));
      from = start.plus(hole.untilMicros(), ChronoUnit.MICROS);
    }
    shown.add(new Stretch(from, end));
    return shown;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static List<SampledFrame> between(
      List<SampledFrame> frames, StreamAggregator told, long fromMicros, long untilMicros) {
    return frames.stream()
        .filter(frame ->
            frame.gridMicros() - told.startMicros() >= fromMicros
                && frame.gridMicros() - told.startMicros() < untilMicros)
        .toList();
  }
}
