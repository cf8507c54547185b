package io.chronoscope.cli.bench;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.cli.run.EmbeddedService;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.Pace;
import io.chronoscope.cli.run.SegmentStream;
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
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/// One phase of the overload test: a number of cameras play videos through the whole service for a
/// fixed time. A camera plays one video after another, each as a stream of its own, and stops in
/// the middle of a video when the time is over.
final class LoadPhase {

  private static final Duration CHUNK_LENGTH = Duration.ofSeconds(2);

  /// Cameras start spread over this time, not all at the same moment.
  private static final Duration START_SPREAD = Duration.ofSeconds(10);

  /// How often each video is sent when all are sent at once: enough streams to fill batches.
  private static final int COPIES = 3;

  private record Video(String name, List<MediaSegment> segments, GroundTruth truth) {}

  /// What a stream played.
  ///
  /// @param truth the events up to `length`
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
  private final Duration duration;
  private final List<Video> videos = new ArrayList<>();
  private final List<SegmentStream> streams = new ArrayList<>();
  private final Map<String, Played> played = new HashMap<>();
  private final Queue<Double> eventSeconds = new ConcurrentLinkedQueue<>();

  /// @param folder of videos with ground-truth files
  /// @param cameras 0 sends all videos at once, as fast as possible
  LoadPhase(ChronoscopeConfig settings, Path folder, int cameras, int seconds) throws IOException {
    this.settings = settings;
    this.cameras = cameras;
    this.duration = Duration.ofSeconds(seconds);
    for (Path file : FileFeed.videosIn(folder)) {
      Optional<GroundTruth> truth = GroundTruth.of(file);
      if (truth.isPresent()) {
        videos.add(
            new Video(FileFeed.streamOf(file), FileFeed.cut(file, CHUNK_LENGTH), truth.get()));
      }
    }
    if (videos.isEmpty()) {
      throw new EnvironmentException("no video in " + folder + " has a ground-truth file");
    }
  }

  /// Runs the phase.
  ///
  /// @return figures by their name in the `--json` output
  Map<String, Object> run() {
    if (cameras == 0) {
      addCopies();
    } else {
      addCameras();
    }
    Throughput throughput = new Throughput(streams.size());
    Map<String, StreamResults> results =
        new EmbeddedService(settings, latencies(), List.of())
            .run(streams, cameras == 0 ? Pace.IMMEDIATE : Pace.REAL_TIME, throughput::update);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cameras", cameras == 0 ? streams.size() : cameras);
    figures.put("videoPerSecond", throughput.videoPerSecond());
    figures.putAll(LoadFigures.of(played, results));
    figures.putAll(LoadFigures.ofEvents(eventSeconds));
    return figures;
  }

  /// Collects how long events took from the arrival of their last frame to their publication.
  private AnalysisListener latencies() {
    return event -> {
      if (event instanceof AnalysisEvent.EventOpened opened) {
        eventSeconds.add(opened.latency().toMillis() / 1e3);
      }
    };
  }

  private void addCopies() {
    for (int copy = 0; copy < COPIES; copy++) {
      for (Video video : videos) {
        add("copy-" + copy, video, video.segments(), Duration.ZERO);
      }
    }
  }

  private void addCameras() {
    for (int camera = 0; camera < cameras; camera++) {
      Duration start = START_SPREAD.multipliedBy(camera).dividedBy(cameras);
      for (int number = 0; start.compareTo(duration) < 0; number++) {
        Video video = videos.get((camera + number) % videos.size());
        Duration left = duration.minus(start);
        List<MediaSegment> inTime =
            video.segments().stream()
                .takeWhile(segment -> FileFeed.endOf(segment).compareTo(left) <= 0)
                .toList();
        if (!inTime.isEmpty()) {
          add("camera-" + camera + "-" + number, video, inTime, start);
        }
        start = start.plus(FileFeed.endOf(video.segments().getLast()));
      }
    }
  }

  private void add(String name, Video video, List<MediaSegment> segments, Duration startsAfter) {
    String id = name + "-" + video.name();
    streams.add(new SegmentStream(id, segments, startsAfter));
    played.put(id, Played.of(video.truth(), FileFeed.endOf(segments.getLast())));
  }

  /// Seconds of video analyzed per second, from the first result until half of the streams are
  /// complete: with fewer streams the machine is no longer fully used.
  private static final class Throughput {

    private final int streams;
    private final Map<String, Long> analyzedMs = new HashMap<>();
    private final Set<String> complete = new HashSet<>();
    private long firstNanos;
    private long lastNanos;
    private long firstMs;

    Throughput(int streams) {
      this.streams = streams;
    }

    void update(StreamResults results) {
      if (complete.size() * 2 > streams) {
        return;
      }
      if (results.isComplete()) {
        complete.add(results.stream());
      }
      analyzedMs.put(results.stream(), results.analyzedMs());
      lastNanos = System.nanoTime();
      if (firstNanos == 0) {
        firstNanos = lastNanos;
        firstMs = totalMs();
      }
    }

    private long totalMs() {
      return analyzedMs.values().stream().mapToLong(Long::longValue).sum();
    }

    double videoPerSecond() {
      return lastNanos == firstNanos
          ? 0
          : (totalMs() - firstMs) / 1e3 / ((lastNanos - firstNanos) / 1e9);
    }
  }
}
