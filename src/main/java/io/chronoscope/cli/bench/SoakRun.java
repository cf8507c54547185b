package io.chronoscope.cli.bench;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.StateSizes;
import io.chronoscope.client.Topics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// One long file through the real service. Broker, sender and reader are in this process, the
/// service in one of its own, so that its memory is nobody else's.
final class SoakRun {

  static final String STREAM = "hours";

  private static final Duration CHUNK = Duration.ofSeconds(4);
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(5);
  private static final URI SOURCE = URI.create("/chronoscope/bench");

  /// What the service is like when so much of the video has been looked at.
  ///
  /// @param videoPerSecond seconds of video in a second, since the row before
  /// @param stateBytes of the record from which the stream would go on
  record Row(
      long videoMs,
      ProcessMemory.Reading memory,
      double videoPerSecond,
      int windows,
      int stateBytes) {}

  private final ChronoscopeConfig settings;
  private final Path file;
  private final String heap;
  private final List<String> modelOptions;
  private final Duration every;
  private final Consumer<Row> rows;
  private final SoakTally tally = new SoakTally();

  /// @param heap size of the service's heap, such as `512m`; it has all of it from the beginning,
  ///   so that what grows is something else
  /// @param every so much video there is a row
  SoakRun(
      ChronoscopeConfig settings,
      Path file,
      String heap,
      List<String> modelOptions,
      Duration every,
      Consumer<Row> rows) {
    this.settings = settings;
    this.file = file;
    this.heap = heap;
    this.modelOptions = modelOptions;
    this.every = every;
    this.rows = rows;
  }

  /// @param stateBytes of the largest state record
  record Outcome(SoakTally tally, long stateBytes) {}

  /// @param log where the service's own words go
  Outcome run(Path log) throws IOException {
    TopicNames topics = LayerSettings.topicNames(settings);
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      Map<String, Object> client = KafkaClientConfig.ofEmbedded(broker.bootstrapServers());
      Topics.ensure(client, topics);
      Process service = start(broker.bootstrapServers(), log);
      try (ResultReader results =
              new ResultReader(
                  client, topics.ofKind(Topic.Kind.ANALYSIS), ResultReader.From.BEGINNING);
          StateSizes states = new StateSizes(client, topics.of(Topic.STATE));
          ProcessMemory memory = ProcessMemory.of(service.pid())) {
        CompletableFuture<Void> sending =
            CompletableFuture.runAsync(
                () -> send(client, topics.of(Topic.CHUNKS)),
                task -> Thread.ofVirtual().start(task));
        follow(service, sending, results, states, memory, log);
        return new Outcome(tally, states.largest());
      } finally {
        stop(service);
      }
    }
  }

  private Process start(String servers, Path log) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("serve", "--bootstrap", servers, "--port", "0"));
    arguments.addAll(modelOptions);
    ProcessBuilder command =
        SelfProcess.of(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"), arguments);
    Map<String, String> environment = command.environment();
    environment.keySet().removeIf(name -> name.startsWith("KAFKA_"));
    // What the process may keep ahead of and behind its work is full long before the first row.
    environment.putIfAbsent("CHRONOSCOPE_QUEUE_MAX_BYTES", "8M");
    environment.putIfAbsent("CHRONOSCOPE_SHARING_MAX_BYTES", "8M");
    environment.putIfAbsent("CHRONOSCOPE_LOG_LEVEL", "WARN");
    Process service =
        command
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(service::destroy));
    return service;
  }

  private static void stop(Process service) {
    service.destroy();
    try {
      if (!service.waitFor(1, TimeUnit.MINUTES)) {
        service.destroyForcibly();
      }
    } catch (InterruptedException e) {
      service.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// As fast as it goes; one chunk at a time is in memory.
  private void send(Map<String, Object> client, String topic) {
    Instant start = Instant.now();
    AtomicLong sequence = new AtomicLong();
    try (ChunkPublisher publisher = new ChunkPublisher(client, topic, SOURCE)) {
      FileFeed.cut(
          file, CHUNK, segment -> send(publisher, start, sequence.getAndIncrement(), segment));
      publisher.end(STREAM).toCompletableFuture().join();
    }
  }

  private static void send(
      ChunkPublisher publisher, Instant start, long sequence, MediaSegment segment) {
    publisher
        .publish(
            STREAM,
            sequence,
            start.plus(segment.start()),
            segment.duration(),
            segment.contentType(),
            FileFeed.bytesOf(segment))
        .toCompletableFuture()
        .join();
  }

  private void follow(
      Process service,
      CompletableFuture<Void> sending,
      ResultReader results,
      StateSizes states,
      ProcessMemory memory,
      Path log)
      throws IOException {
    long beganNanos = System.nanoTime();
    long rowMs = 0;
    long rowNanos = 0;
    while (!tally.over()) {
      if (sending.isCompletedExceptionally()) {
        sending.join();
      }
      if (!service.isAlive()) {
        throw new IllegalStateException(
            "the service ended with " + service.exitValue() + ":\n" + Files.readString(log));
      }
      results.poll(Duration.ofMillis(250)).forEach(this::add);
      states.poll();
      long now = System.nanoTime();
      if (rowNanos == 0 && tally.windows() > 0) {
        // The time that the service takes to start is not its speed.
        rowNanos = now;
        rowMs = tally.seenMs();
      } else if (rowNanos == 0 && now - beganNanos > STARTS_WITHIN.toNanos()) {
        throw new IllegalStateException(
            "nothing was published within " + STARTS_WITHIN + ":\n" + Files.readString(log));
      }
      boolean due = tally.seenMs() / every.toMillis() > rowMs / every.toMillis();
      if (due || tally.over()) {
        double speed = (tally.seenMs() - rowMs) / 1e3 / ((now - rowNanos) / 1e9);
        rows.accept(
            new Row(tally.seenMs(), memory.read(), speed, tally.windows(), states.latest(STREAM)));
        rowMs = tally.seenMs();
        rowNanos = System.nanoTime();
      }
    }
  }

  private void add(Read read) {
    switch (read) {
      case Read.Foreign foreign ->
          throw new IllegalStateException(
              "a record that is no result: " + foreign.at() + ": " + foreign.problem());
      case Read.Published published -> tally.add(published.result());
    }
  }
}
