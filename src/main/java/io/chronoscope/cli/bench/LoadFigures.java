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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/// What consumers read of a phase, in figures: lag and how closely it was looked are those of the
/// windows that were described, what was not seen is what gaps say.
final class LoadFigures {

  private static final Path OWN_STATUS = Path.of("/proc/self/status");
  private static final String PEAK_MEMORY = "VmHWM:";

  private LoadFigures() {}

  /// @param played what each stream played
  /// @param results what was said of it
  static Map<String, Object> of(Map<String, Played> played, Map<String, StreamResults> results) {
    List<Comparison> comparisons = new ArrayList<>();
    List<Summary> windows = new ArrayList<>();
    double videoMs = 0;
    double notSeenMs = 0;
    for (StreamResults said : results.values()) {
      Played video = played.get(said.stream());
      if (video == null) {
        continue;
      }
      comparisons.add(said.compare(video.truth()));
      videoMs += video.length().toMillis();
      notSeenMs +=
          said.gaps().stream()
              .filter(gap -> gap.status() == Status.CLOSED)
              .mapToLong(gap -> gap.endOffsetMs() - gap.startOffsetMs())
              .sum();
      said.published().stream()
          .filter(Summary.class::isInstance)
          .map(Summary.class::cast)
          .filter(summary -> summary.level() == Level.WINDOW)
          .forEach(windows::add);
    }
    windows.sort(Comparator.comparing(Summary::end));
    List<Sampling> looks = windows.stream().map(Summary::sampling).toList();
    double[] lags = looks.stream().mapToDouble(LoadFigures::lagSeconds).sorted().toArray();
    List<Sampling> last = looks.subList(looks.size() * 9 / 10, looks.size());
    long tokens = looks.stream().mapToLong(Sampling::videoTokens).sum();
    Score score = Score.of(comparisons);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("videoSeconds", videoMs / 1e3);
    figures.put("windows", windows.size());
    figures.put("lagP50Seconds", quantile(lags, 0.5));
    figures.put("lagP95Seconds", quantile(lags, 0.95));
    figures.put("lagMaxSeconds", quantile(lags, 1));
    figures.put("lagAtEndSeconds", mean(last.stream().mapToDouble(LoadFigures::lagSeconds)));
    figures.put("fps", mean(looks.stream().mapToDouble(Sampling::fps)));
    figures.put("tokensPerSecond", 1e3 * tokens / Math.max(1, videoMs));
    figures.put("seen", videoMs == 0 ? 0 : 1 - notSeenMs / videoMs);
    figures.put("loadLevel", mean(looks.stream().mapToDouble(Sampling::loadLevel)));
    figures.put("loadLevelMax", looks.stream().mapToInt(Sampling::loadLevel).max().orElse(0));
    figures.put("mIoU", score.meanIou());
    figures.put("R1@0.5", score.recallAt50());
    figures.put("answers", score.answers());
    figures.put("invented", score.invented());
    figures.put("peakMemoryMiB", peakMemoryMiB());
    return figures;
  }

  private static double lagSeconds(Sampling look) {
    return look.lagMs() / 1e3;
  }

  private static double quantile(double[] sorted, double q) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.floor(q * (sorted.length - 1))];
  }

  private static double mean(DoubleStream values) {
    return values.average().orElse(0);
  }

  /// Of this process, heap and all else that was resident at a time; 0 where the system does not
  /// say.
  private static long peakMemoryMiB() {
    try {
      return Files.readAllLines(OWN_STATUS).stream()
              .filter(line -> line.startsWith(PEAK_MEMORY))
              .map(line -> line.substring(PEAK_MEMORY.length()).replace("kB", "").strip())
              .mapToLong(Long::parseLong)
              .findFirst()
              .orElse(0)
          / 1024;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
