package io.chronoscope.cli.bench;

import io.chronoscope.cli.bench.LoadPhase.Played;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Sampling;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/// Computes the figures of a phase from the records that consumers read. Lag and sampling come from
/// the summaries of analyzed windows, the share of unseen video from the gaps.
final class LoadFigures {

  private static final Path PROCESS_STATUS = Path.of("/proc/self/status");
  private static final String PEAK_RESIDENT_SIZE = "VmHWM:";

  private LoadFigures() {}

  /// @param played by stream
  /// @param results by stream
  /// @return figures by their name in the `--json` output
  static Map<String, Object> of(Map<String, Played> played, Map<String, StreamResults> results) {
    List<Comparison> comparisons = new ArrayList<>();
    List<Summary> windows = new ArrayList<>();
    double videoMs = 0;
    double gapMs = 0;
    for (StreamResults found : results.values()) {
      Played video = played.get(found.stream());
      if (video == null) {
        continue;
      }
      comparisons.add(found.compare(video.truth()));
      videoMs += video.length().toMillis();
      gapMs +=
          found.gaps().stream()
              .filter(gap -> gap.status() == Status.CLOSED)
              .mapToLong(gap -> gap.endOffsetMs() - gap.startOffsetMs())
              .sum();
      found.published().stream()
          .filter(Summary.class::isInstance)
          .map(Summary.class::cast)
          .filter(summary -> summary.level() == Level.WINDOW)
          .forEach(windows::add);
    }
    windows.sort(Comparator.comparing(Summary::end));
    List<Sampling> samplings = windows.stream().map(Summary::sampling).toList();
    double[] lags = samplings.stream().mapToDouble(LoadFigures::lagSeconds).sorted().toArray();
    List<Sampling> last = samplings.subList(samplings.size() * 9 / 10, samplings.size());
    long tokens = samplings.stream().mapToLong(Sampling::videoTokens).sum();
    Score score = Score.of(comparisons);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("videoSeconds", videoMs / 1e3);
    figures.put("windows", windows.size());
    figures.put("lagP50Seconds", quantile(lags, 0.5));
    figures.put("lagP95Seconds", quantile(lags, 0.95));
    figures.put("lagMaxSeconds", quantile(lags, 1));
    figures.put("lagAtEndSeconds", mean(last.stream().mapToDouble(LoadFigures::lagSeconds)));
    figures.put("fps", mean(samplings.stream().mapToDouble(Sampling::fps)));
    figures.put("tokensPerSecond", 1e3 * tokens / Math.max(1, videoMs));
    figures.put("seen", videoMs == 0 ? 0 : 1 - gapMs / videoMs);
    figures.put("loadLevel", mean(samplings.stream().mapToDouble(Sampling::loadLevel)));
    figures.put("loadLevelMax", samplings.stream().mapToInt(Sampling::loadLevel).max().orElse(0));
    figures.put("mIoU", score.meanIou());
    figures.put("R1@0.5", score.recallAt50());
    figures.put("answers", score.answers());
    figures.put("invented", score.invented());
    figures.put("peakMemoryMiB", peakMemoryMiB());
    return figures;
  }

  /// @param seconds from a chunk to the first publication of an event, of each event
  static Map<String, Object> ofEvents(Collection<Double> seconds) {
    double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("events", sorted.length);
    figures.put("eventP50Seconds", quantile(sorted, 0.5));
    figures.put("eventP95Seconds", quantile(sorted, 0.95));
    figures.put("eventP99Seconds", quantile(sorted, 0.99));
    return figures;
  }

  private static double lagSeconds(Sampling sampling) {
    return sampling.lagMs() / 1e3;
  }

  private static double quantile(double[] sorted, double q) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.floor(q * (sorted.length - 1))];
  }

  private static double mean(DoubleStream values) {
    return values.average().orElse(0);
  }

  /// Returns the peak resident size of this process; 0 where the system does not report it.
  private static long peakMemoryMiB() {
    try {
      return Files.readAllLines(PROCESS_STATUS).stream()
              .filter(line -> line.startsWith(PEAK_RESIDENT_SIZE))
              .map(line -> line.substring(PEAK_RESIDENT_SIZE.length()).replace("kB", "").strip())
              .mapToLong(Long::parseLong)
              .findFirst()
              .orElse(0)
          / 1024;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
