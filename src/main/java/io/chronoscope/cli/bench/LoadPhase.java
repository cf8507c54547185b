package io.chronoscope.cli.bench;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.cli.run.EmbeddedService;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.evaluation.GroundTruth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One phase of the load generator: so many cameras for so long, through the whole service with a
/// broker of its own, and what consumers read of it in figures. A camera plays one video after the
/// other, each as a stream of its own; when the time is over it stops where it is.
final class LoadPhase {

  private static final Duration CHUNK = Duration.ofSeconds(2);

  /// Cameras are not switched on at the same moment.
  private static final Duration SWITCHED_ON_WITHIN = Duration.ofSeconds(10);

  /// How often each video is sent when all go at once: enough streams to fill batches.
  private static final int COPIES = 3;

  private record Video(String name, List<MediaSegment> segments, GroundTruth truth) {}

  /// What a stream played.
  ///
  /// @param truth as far as it was played
  record Played(GroundTruth truth, Duration length) {

    static Played of(GroundTruth whole, Duration length) {
      return new Played(
          new GroundTruth(
              whole.events().stream()
                  .filter(event -> event.startMs() < length.toMillis())
                  .map(event ->
                      new GroundTruth.Event(
                          event.startMs(),
                          Math.min(event.endMs(), length.toMillis()),
                          event.description()))
                  .toList()),
          length);
    }
  }

  private final ChronoscopeConfig settings;
  private final int cameras;
  private final Duration lasts;
  private final List<Video> videos = new ArrayList<>();
  private final List<EmbeddedService.Stream> streams = new ArrayList<>();
  private final Map<String, Played> played = new HashMap<>();

  /// @param cameras 0 sends every video, all at the same time and as fast as it goes
  LoadPhase(ChronoscopeConfig settings, Path folder, int cameras, int seconds) throws IOException {
    this.settings = settings;
    this.cameras = cameras;
    this.lasts = Duration.ofSeconds(seconds);
    for (Path file : FileFeed.videosIn(folder)) {
      Optional<GroundTruth> truth = GroundTruth.of(file);
      if (truth.isPresent()) {
        videos.add(new Video(FileFeed.streamOf(file), FileFeed.cut(file, CHUNK), truth.get()));
      }
    }
    if (videos.isEmpty()) {
      throw new EnvironmentException("no video in " + folder + " has a truth file");
    }
  }

  Map<String, Object> run() {
    if (cameras == 0) {
      allAtOnce();
    } else {
      allCameras();
    }
    Speed speed = new Speed(streams.size());
    Map<String, StreamResults> results =
        new EmbeddedService(settings, AnalysisListener.SILENT, List.of())
            .run(
                streams,
                cameras == 0
                    ? EmbeddedService.Pace.AS_FAST_AS_IT_GOES
                    : EmbeddedService.Pace.REAL_TIME,
                speed::saw);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cameras", cameras == 0 ? streams.size() : cameras);
    figures.put("videoPerSecond", speed.videoPerSecond());
    figures.putAll(LoadFigures.of(played, results));
    return figures;
  }

  private void allAtOnce() {
    for (int copy = 0; copy < COPIES; copy++) {
      for (Video video : videos) {
        play("copy-" + copy, video, video.segments(), Duration.ZERO);
      }
    }
  }

  private void allCameras() {
    for (int camera = 0; camera < cameras; camera++) {
      Duration begins = SWITCHED_ON_WITHIN.multipliedBy(camera).dividedBy(cameras);
      for (int number = 0; begins.compareTo(lasts) < 0; number++) {
        Video video = videos.get((camera + number) % videos.size());
        Duration left = lasts.minus(begins);
        List<MediaSegment> inTime =
            video.segments().stream()
                .takeWhile(segment -> FileFeed.endOf(segment).compareTo(left) <= 0)
                .toList();
        if (!inTime.isEmpty()) {
          play("camera-" + camera + "-" + number, video, inTime, begins);
        }
        begins = begins.plus(FileFeed.endOf(video.segments().getLast()));
      }
    }
  }

  private void play(String name, Video video, List<MediaSegment> segments, Duration begins) {
    String id = name + "-" + video.name();
    streams.add(new EmbeddedService.Stream(id, segments, begins));
    played.put(id, Played.of(video.truth(), FileFeed.endOf(segments.getLast())));
  }

  /// How much video was looked at a second, from the first answer until half of the streams were
  /// over: with fewer the machine is no longer busy.
  private static final class Speed {

    private final int streams;
    private final Map<String, Long> seenMs = new HashMap<>();
    private final Set<String> over = new HashSet<>();
    private long firstNanos;
    private long lastNanos;
    private long before;

    Speed(int streams) {
      this.streams = streams;
    }

    void saw(StreamResults results) {
      if (over.size() * 2 > streams) {
        return;
      }
      if (results.over()) {
        over.add(results.stream());
      }
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
}
