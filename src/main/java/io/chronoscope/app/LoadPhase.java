package io.chronoscope.app;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.Score;
import io.chronoscope.evaluation.Truth;
import io.chronoscope.model.Result.Gap;
import io.chronoscope.model.Result.Level;
import io.chronoscope.model.Result.Status;
import io.chronoscope.model.Result.Summary;
import io.chronoscope.model.Sampling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One phase of the load generator: so many cameras for so long, through the whole service with a
/// broker of its own, and what consumers read of it in figures. A camera plays one video after the
/// other, each as a stream of its own.
final class LoadPhase {

  private static final Duration CHUNK = Duration.ofSeconds(2);

  private record Video(String name, List<MediaSegment> segments, Truth truth) {

    Duration length() {
      return FileFeed.endOf(segments.getLast());
    }
  }

  private final ChronoscopeConfig settings;
  private final int cameras;
  private final Duration lasts;
  private final List<Video> videos = new ArrayList<>();

  /// @param cameras 0 sends each video once, all at the same time and as fast as it goes
  LoadPhase(ChronoscopeConfig settings, Path folder, int cameras, int seconds) throws IOException {
    this.settings = settings;
    this.cameras = cameras;
    this.lasts = Duration.ofSeconds(seconds);
    for (Path file : FileFeed.videosIn(folder)) {
      Optional<Truth> truth = Truth.of(file);
      if (truth.isPresent()) {
        videos.add(new Video(FileFeed.streamOf(file), FileFeed.cut(file, CHUNK), truth.get()));
      }
    }
    if (videos.isEmpty()) {
      throw new EnvironmentException("no video in " + folder + " has a truth file");
    }
  }

  Map<String, Object> run() {
    Map<String, Video> played = new HashMap<>();
    List<EmbeddedService.Stream> streams = new ArrayList<>();
    for (int camera = 0; camera < Math.max(cameras, 1); camera++) {
      // Cameras are not switched on at the same moment, and do not show the same.
      Duration begins =
          cameras == 0 ? Duration.ZERO : CHUNK.multipliedBy(camera).dividedBy(Math.max(cameras, 1));
      int number = 0;
      while (cameras == 0 ? number < videos.size() : begins.compareTo(lasts) < 0) {
        Video video = videos.get((camera + number) % videos.size());
        String id = "camera-" + camera + "-" + number + "-" + video.name();
        streams.add(new EmbeddedService.Stream(id, video.segments(), begins));
        played.put(id, video);
        begins = cameras == 0 ? begins : begins.plus(video.length());
        number++;
      }
    }
    Speed speed = new Speed();
    Map<String, StreamResults> results =
        new EmbeddedService(settings, AnalysisListener.SILENT, List.of())
            .run(
                streams,
                cameras == 0
                    ? EmbeddedService.Pace.AS_FAST_AS_IT_GOES
                    : EmbeddedService.Pace.REAL_TIME,
                speed::saw);
    return figures(played, results, speed);
  }

  /// How much video was looked at between the first answer and the last.
  private static final class Speed {

    private final Map<String, Long> seenMs = new HashMap<>();
    private long firstNanos;
    private long lastNanos;
    private long before;

    void saw(StreamResults results) {
      seenMs.put(results.stream(), results.seenMs());
      lastNanos = System.nanoTime();
      if (firstNanos == 0) {
        firstNanos = lastNanos;
        before = total();
      }
    }

    private long total() {
      return seenMs.values().stream().mapToLong(Long::longValue).sum();
    }

    double videoPerSecond() {
      return lastNanos == firstNanos
          ? 0
          : (total() - before) / 1e3 / ((lastNanos - firstNanos) / 1e9);
    }
  }

  private Map<String, Object> figures(
      Map<String, Video> played, Map<String, StreamResults> results, Speed speed) {
    List<Comparison> comparisons = new ArrayList<>();
    List<Summary> windows = new ArrayList<>();
    double videoSeconds = 0;
    double notSeenSeconds = 0;
    for (StreamResults said : results.values()) {
      Video video = played.get(said.stream());
      if (video == null) {
        continue;
      }
      comparisons.add(said.compare(video.truth()));
      videoSeconds += video.length().toMillis() / 1e3;
      notSeenSeconds +=
          said.gaps().stream()
                  .filter(gap -> gap.status() == Status.CLOSED)
                  .mapToLong(LoadPhase::millis)
                  .sum()
              / 1e3;
      said.published().stream()
          .filter(Summary.class::isInstance)
          .map(Summary.class::cast)
          .filter(summary -> summary.level() == Level.WINDOW)
          .forEach(windows::add);
    }
    windows.sort(Comparator.comparing(Summary::end));
    List<Sampling> samplings = windows.stream().map(Summary::sampling).toList();
    double[] lags = samplings.stream().mapToDouble(s -> s.lagMs() / 1e3).sorted().toArray();
    double[] last =
        samplings.subList(samplings.size() * 9 / 10, samplings.size()).stream()
            .mapToDouble(s -> s.lagMs() / 1e3)
            .toArray();
    Score score = Score.of(comparisons);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cameras", cameras == 0 ? videos.size() : cameras);
    figures.put("videoSeconds", videoSeconds);
    figures.put("videoPerSecond", speed.videoPerSecond());
    figures.put("windows", windows.size());
    figures.put("lagP50Seconds", quantile(lags, 0.5));
    figures.put("lagP95Seconds", quantile(lags, 0.95));
    figures.put("lagMaxSeconds", quantile(lags, 1));
    figures.put("lagAtEndSeconds", mean(last));
    figures.put("fps", mean(samplings.stream().mapToDouble(Sampling::fps).toArray()));
    figures.put(
        "tokensPerSecond",
        samplings.stream().mapToLong(Sampling::videoTokens).sum() / Math.max(1, videoSeconds));
    figures.put("seen", videoSeconds == 0 ? 0 : 1 - notSeenSeconds / videoSeconds);
    figures.put("loadLevel", mean(samplings.stream().mapToDouble(Sampling::loadLevel).toArray()));
    figures.put("mIoU", score.meanIou());
    figures.put("R1@0.5", score.recallAt50());
    figures.put("answers", score.answers());
    figures.put("invented", score.invented());
    return figures;
  }

  private static long millis(Gap gap) {
    return Duration.between(gap.start(), gap.end()).toMillis();
  }

  private static double quantile(double[] sorted, double q) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.floor(q * (sorted.length - 1))];
  }

  private static double mean(double[] values) {
    return values.length == 0 ? 0 : java.util.Arrays.stream(values).sum() / values.length;
  }
}
