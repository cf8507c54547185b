package io.chronoscope.cli.bench.soak;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.StateSizes;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Sends one long file through the service. Broker, sender and reader run in this process, the
/// service in a process of its own, whose memory is measured.
final class SoakRun {

  private static final String STREAM = "soak";
  private static final Duration CHUNK_LENGTH = Duration.ofSeconds(4);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
  private static final URI SOURCE = URI.create("/chronoscope/bench");

  /// A measurement after a part of the video.
  ///
  /// @param videoMs how much of the video has been analyzed
  /// @param videoPerSecond seconds of video analyzed per second since the previous row
  /// @param windows number of windows analyzed
  /// @param stateBytes size of the record that the stream would resume from
  record Row(
      long videoMs,
      ProcessMemory.Reading memory,
      double videoPerSecond,
      int windows,
      int stateBytes) {}

  /// @param stateBytes size of the largest state record
  record Outcome(SoakTally tally, long stateBytes) {}

  private final ChronoscopeConfig settings;
  private final Path file;
  private final Duration interval;
  private final Consumer<Row> onRow;
  private final SoakTally tally = new SoakTally();

  /// @param interval length of video between two rows
  SoakRun(ChronoscopeConfig settings, Path file, Duration interval, Consumer<Row> onRow) {
    this.settings = settings;
    this.file = file;
    this.interval = interval;
    this.onRow = onRow;
  }

  /// @see ServiceProcess#start(String, String, List, List, Path)
  Outcome run(String heap, List<String> modelOptions, Path log) throws IOException {
    TopicNames topics = LayerSettings.topicNames(settings);
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      Map<String, Object> client = KafkaClientConfig.ofEmbedded(broker.bootstrapServers());
      Topics.ensure(client, topics);
      try (ServiceProcess service =
              ServiceProcess.start(
                  broker.bootstrapServers(),
                  heap,
                  // What is reachable after a whole collection is measured.
                  List.of("-XX:-ExplicitGCInvokesConcurrent"),
                  modelOptions,
                  log);
          ResultReader results =
              new ResultReader(
                  client, topics.ofKind(Topic.Kind.ANALYSIS), ResultReader.From.BEGINNING);
          StateSizes states = new StateSizes(client, topics.of(Topic.STATE));
          ProcessMemory memory = ProcessMemory.of(service.pid())) {
        CompletableFuture<Void> sending =
            CompletableFuture.runAsync(
                () -> send(client, topics.of(Topic.CHUNKS)),
                task -> Thread.ofVirtual().start(task));
        follow(service, sending, results, states, memory);
        return new Outcome(tally, states.largestBytes());
      }
    }
  }

  /// Sends as fast as possible, with one chunk in memory at a time.
  private void send(Map<String, Object> client, String topic) {
    Instant start = Instant.now();
    AtomicLong sequence = new AtomicLong();
    try (ChunkPublisher publisher = new ChunkPublisher(client, topic, SOURCE)) {
      SegmentSender sender = new SegmentSender(publisher);
      FileFeed.cut(
          file,
          CHUNK_LENGTH,
          segment ->
              sender.send(
                  STREAM, sequence.getAndIncrement(), start.plus(segment.start()), segment));
      sender.end(STREAM);
    }
  }

  private void follow(
      ServiceProcess service,
      CompletableFuture<Void> sending,
      ResultReader results,
      StateSizes states,
      ProcessMemory memory)
      throws IOException {
    long startNanos = System.nanoTime();
    long rowMs = 0;
    long rowNanos = 0;
    while (!tally.isComplete()) {
      if (sending.isCompletedExceptionally()) {
        sending.join();
      }
      service.requireAlive();
      results.poll(Duration.ofMillis(250)).forEach(this::add);
      states.poll();
      long now = System.nanoTime();
      if (rowNanos == 0 && tally.windows() > 0) {
        // The throughput does not include the time until the service is ready.
        rowNanos = now;
        rowMs = tally.analyzedMs();
      } else if (rowNanos == 0 && now - startNanos > START_TIMEOUT.toNanos()) {
        throw service.failure("no results within " + START_TIMEOUT);
      }
      boolean due = tally.analyzedMs() / interval.toMillis() > rowMs / interval.toMillis();
      if (due || tally.isComplete()) {
        double videoPerSecond = (tally.analyzedMs() - rowMs) / 1e3 / ((now - rowNanos) / 1e9);
        onRow.accept(
            new Row(
                tally.analyzedMs(),
                memory.read(),
                videoPerSecond,
                tally.windows(),
                states.latestBytes(STREAM)));
        rowMs = tally.analyzedMs();
        rowNanos = System.nanoTime();
      }
    }
  }

  private void add(Read read) {
    switch (read) {
      case Read.Foreign foreign ->
          throw new IllegalStateException(
              "record %s is not a result: %s".formatted(foreign.at(), foreign.problem()));
      case Read.Published published -> tally.add(published.result());
    }
  }
}
