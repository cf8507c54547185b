package io.chronoscope.cli.bench.soak;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.Topics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Plays several videos for a stated time, at a share of what the service can analyze here, and
/// measures its memory once a minute.
///
/// First everything is sent as fast as it is analyzed: until that no longer becomes faster, since
/// code is compiled and pools are full, then to measure the capacity. Broker and sender run in this
/// process.
final class LoadedSoak {

  private static final URI SOURCE = URI.create("/chronoscope/bench");
  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(100);

  /// Video of each stream that may wait while the capacity is measured: more than a window, so that
  /// the service never waits for more.
  private static final Duration AHEAD = Duration.ofSeconds(30);

  /// A step of the warm-up is the last one unless it is this much faster than all before.
  private static final double FASTER = 1.05;

  private static final int MAX_WARM_UP_STEPS = 15;

  /// How long a run takes.
  ///
  /// @param warmUp one step at full speed, before the capacity is measured
  /// @param capacity at full speed, while it is
  /// @param load at the share of the capacity
  /// @param sample between two samples
  record Durations(Duration warmUp, Duration capacity, Duration load, Duration sample) {

    static Durations ofLoad(Duration load) {
      return new Durations(
          Duration.ofSeconds(60), Duration.ofSeconds(90), load, Duration.ofMinutes(1));
    }
  }

  /// What the service does at full speed.
  ///
  /// @param videoPerSecond seconds of video in a second, all streams together
  /// @param cores CPU seconds per second of the service and its workers
  record Capacity(double videoPerSecond, double cores) {}

  /// Receives what is measured, as soon as it is.
  interface Listener {

    /// After each step of the warm-up.
    void warmUp(Capacity reached);

    void capacity(Capacity capacity);

    void sample(MemorySample sample);
  }

  private final ChronoscopeConfig settings;
  private final PacedFeed feed;
  private final double share;
  private final Durations durations;
  private final Listener listener;
  private final int streams;
  private final Map<String, SoakTally> tallies = new HashMap<>();

  /// @param share of the capacity, 1 for all of it
  LoadedSoak(
      ChronoscopeConfig settings,
      List<RepeatedVideo> videos,
      double share,
      Durations durations,
      Listener listener) {
    this.settings = settings;
    this.feed = new PacedFeed(videos);
    this.streams = videos.size();
    this.share = share;
    this.durations = durations;
    this.listener = listener;
  }

  /// Runs to its end.
  ///
  /// @return the results of each stream
  /// @see ServiceProcess#start(String, String, List, List, Path)
  Map<String, SoakTally> run(String heap, List<String> modelOptions, Path log) throws IOException {
    TopicNames topics = LayerSettings.topicNames(settings);
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      Map<String, Object> client = KafkaClientConfig.ofEmbedded(broker.bootstrapServers());
      Topics.ensure(client, topics);
      try (ServiceProcess service =
              ServiceProcess.start(broker.bootstrapServers(), heap, List.of(), modelOptions, log);
          ChunkPublisher publisher = new ChunkPublisher(client, topics.of(Topic.CHUNKS), SOURCE);
          ResultReader results =
              new ResultReader(
                  client, topics.ofKind(Topic.Kind.ANALYSIS), ResultReader.From.BEGINNING)) {
        Traffic traffic = new Traffic(service, new SegmentSender(publisher), results);
        awaitFirstResult(traffic);
        warmUp(traffic);
        Capacity capacity = atFullSpeed(traffic, durations.capacity());
        listener.capacity(capacity);
        try (ProcessMemory memory = ProcessMemory.of(service.pid())) {
          underLoad(traffic, memory, share * capacity.videoPerSecond());
        }
        return Map.copyOf(tallies);
      }
    }
  }

  private void awaitFirstResult(Traffic traffic) throws IOException {
    long startNanos = System.nanoTime();
    while (analyzedMs() == 0) {
      if (System.nanoTime() - startNanos > START_TIMEOUT.toNanos()) {
        throw traffic.service.failure("no results within " + START_TIMEOUT);
      }
      traffic.turn(aheadMs());
    }
  }

  private void warmUp(Traffic traffic) throws IOException {
    double best = 0;
    for (int step = 0; step < MAX_WARM_UP_STEPS; step++) {
      Capacity reached = atFullSpeed(traffic, durations.warmUp());
      listener.warmUp(reached);
      if (reached.videoPerSecond() < FASTER * best) {
        return;
      }
      best = Math.max(best, reached.videoPerSecond());
    }
  }

  private Capacity atFullSpeed(Traffic traffic, Duration length) throws IOException {
    Progress from = Progress.of(traffic.service, analyzedMs());
    while (from.age().compareTo(length) < 0) {
      traffic.turn(aheadMs());
    }
    Progress now = Progress.of(traffic.service, analyzedMs());
    return new Capacity(now.videoPerSecondSince(from), now.coresSince(from));
  }

  private void underLoad(Traffic traffic, ProcessMemory memory, double videoPerSecond)
      throws IOException {
    Progress start = Progress.of(traffic.service, analyzedMs());
    long sentBeforeMs = feed.sentMs();
    Progress lastSample = start;
    while (start.age().compareTo(durations.load()) < 0) {
      traffic.turn(sentBeforeMs + Math.round(videoPerSecond * start.age().toMillis()));
      if (lastSample.age().compareTo(durations.sample()) >= 0) {
        Progress now = Progress.of(traffic.service, analyzedMs());
        listener.sample(sample(traffic.service, memory, start, lastSample, now));
        lastSample = now;
      }
    }
  }

  private MemorySample sample(
      ServiceProcess service,
      ProcessMemory memory,
      Progress start,
      Progress lastSample,
      Progress now)
      throws IOException {
    MemoryGauges gauges = service.memoryGauges();
    ProcessMemory.Reading reading = memory.observe();
    return new MemorySample(
        now.since(start),
        reading.residentBytes(),
        service.workersBytes(),
        reading.heapBytes(),
        gauges.heldBytes(),
        gauges.fileBytes(),
        now.videoPerSecondSince(lastSample),
        feed.sentMs() - now.analyzedMs(),
        now.coresSince(lastSample));
  }

  private long aheadMs() {
    return analyzedMs() + streams * AHEAD.toMillis();
  }

  private long analyzedMs() {
    return tallies.values().stream().mapToLong(SoakTally::analyzedMs).sum();
  }

  /// A moment of the run.
  private record Progress(long nanos, long analyzedMs, Duration cpuTime) {

    static Progress of(ServiceProcess service, long analyzedMs) {
      return new Progress(System.nanoTime(), analyzedMs, service.cpuTime());
    }

    Duration age() {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }

    Duration since(Progress earlier) {
      return Duration.ofNanos(nanos - earlier.nanos);
    }

    double videoPerSecondSince(Progress earlier) {
      return (analyzedMs - earlier.analyzedMs) / 1e3 / seconds(since(earlier));
    }

    /// A worker that was replaced takes its CPU time with it, so this may be too low.
    double coresSince(Progress earlier) {
      return Math.max(0, seconds(cpuTime.minus(earlier.cpuTime)) / seconds(since(earlier)));
    }

    private static double seconds(Duration duration) {
      return duration.toNanos() / 1e9;
    }
  }

  /// Sends what is due and reads what has come.
  private final class Traffic {

    private final ServiceProcess service;
    private final SegmentSender sender;
    private final ResultReader results;
    private final Instant start = Instant.now();

    Traffic(ServiceProcess service, SegmentSender sender, ResultReader results) {
      this.service = service;
      this.sender = sender;
      this.results = results;
    }

    /// @param dueMs video that should have been sent by now
    void turn(long dueMs) throws IOException {
      service.requireAlive();
      Optional<RepeatedVideo.Chunk> next = feed.next(dueMs);
      while (next.isPresent()) {
        RepeatedVideo.Chunk chunk = next.get();
        sender.send(chunk.stream(), chunk.number(), start.plus(chunk.start()), chunk.segment());
        next = feed.next(dueMs);
      }
      results.poll(POLL).forEach(this::add);
    }

    private void add(Read read) {
      switch (read) {
        case Read.Foreign foreign ->
            throw new IllegalStateException(
                "record %s is not a result: %s".formatted(foreign.at(), foreign.problem()));
        case Read.Published published ->
            tallies
                .computeIfAbsent(published.result().stream(), stream -> new SoakTally())
                .add(published.result());
      }
    }
  }
}
