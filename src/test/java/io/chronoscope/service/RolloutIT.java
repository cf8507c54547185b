package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.CommittedResults;
import io.chronoscope.client.Topics;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.testing.BrokerProcess;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.ServiceProcess;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Rehearses what `k8s/README.md` describes: two named instances are replaced one after the other
/// by instances with another checkpoint, and then taken back, while streams arrive.
class RolloutIT {

  private static final List<String> SAMPLES = List.of("corridor", "dock", "portrait", "yard");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration CHUNK = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofMinutes(4);
  private static final Pattern REBALANCES =
      Pattern.compile("(?m)^chronoscope_rebalances_total(?:\\{[^}]*})? ([0-9.E+]+)$");
  private static final Pattern MODEL = Pattern.compile("\"model\":\\{\"name\":\"([^\"]+)\"");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final Map<String, ServiceProcess> instances = new LinkedHashMap<>();
  private final Set<String> models = new TreeSet<>();
  private BrokerProcess broker;
  private Map<String, Object> kafka = Map.of();

  /// What instances are replaced by.
  ///
  /// @param checkout whose packaged program runs
  private record Version(Path checkout, Path model) {

    static Version of(Path checkout) {
      return new Version(checkout, checkout.resolve("models/demo"));
    }
  }

  @Test
  void nothingIsLostOrRepeatedAndNobodyElseIsDisturbed() throws Exception {
    Path next = copyOfTheDemoCheckpoint(directory.resolve("next"));
    rehearse(Version.of(PackagedProgram.HOME), new Version(PackagedProgram.HOME, next));

    assertThat(models).contains("demo", "next");
  }

  /// Upgrade and rollback between a checkout of another version, which has been built, and this
  /// one.
  @Test
  @EnabledIfSystemProperty(named = "former", matches = ".+")
  void theVersionBeforeIsReplacedAndTakenBack() throws Exception {
    rehearse(
        Version.of(Path.of(System.getProperty("former")).toAbsolutePath()),
        Version.of(PackagedProgram.HOME));
  }

  private void rehearse(Version former, Version next) throws Exception {
    broker = new BrokerProcess(Files.createDirectory(directory.resolve("data")));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, TopicNames.DEFAULT);
    Map<String, List<MediaSegment>> streams = new LinkedHashMap<>();
    for (String sample : SAMPLES) {
      Path file = PackagedProgram.HOME.resolve("video-samples/" + sample + ".mp4");
      streams.put(sample, FileFeed.cut(file, CHUNK));
    }
    try (ChunkPublisher publisher =
        new ChunkPublisher(kafka, TopicNames.DEFAULT.of(Topic.CHUNKS), URI.create("/test"))) {
      SegmentSender sender = new SegmentSender(publisher);
      for (String name : List.of("chronoscope-0", "chronoscope-1")) {
        instances.put(name, start(name, former));
      }
      awaitReady();
      publish(sender, streams, 0, 1 / 3.0);
      awaitMoreResultsThan(0);
      rollOut(next);
      int before = CommittedResults.read(kafka, TopicNames.DEFAULT).ids().size();
      publish(sender, streams, 1 / 3.0, 2 / 3.0);
      awaitMoreResultsThan(before);
      rollOut(former);
      publish(sender, streams, 2 / 3.0, 1);
      for (String stream : streams.keySet()) {
        sender.end(stream);
      }
      CommittedResults results = awaitEnded();
      results
          .records()
          .values()
          .forEach(records ->
              records.forEach(json ->
                  MODEL.matcher(json).results().forEach(found -> models.add(found.group(1)))));

      assertThat(results.ids()).doesNotHaveDuplicates();
      assertThat(results.ids()).noneMatch(id -> id.startsWith("Gap "));
    } finally {
      for (ServiceProcess instance : instances.values()) {
        instance.close();
      }
      broker.close();
    }
  }

  /// One instance after the other, as a StatefulSet does.
  private void rollOut(Version version) throws Exception {
    for (String name : List.copyOf(instances.keySet()).reversed()) {
      List<String> others = instances.keySet().stream().filter(one -> !one.equals(name)).toList();
      double before = rebalances(others.getFirst());
      ServiceProcess old = instances.get(name);
      assertThat(old.terminate(Duration.ofSeconds(60))).as(old.said()).isTrue();
      instances.put(name, start(name, version));
      awaitReady();
      assertThat(rebalances(others.getFirst()))
          .as("rebalances of %s while %s is replaced", others.getFirst(), name)
          .isEqualTo(before);
    }
  }

  private ServiceProcess start(String name, Version version) {
    Map<String, String> settings = new HashMap<>();
    settings.put("KAFKA_GROUP_INSTANCE_ID", name);
    settings.put("KAFKA_SESSION_TIMEOUT_MS", "45000");
    settings.put("CHRONOSCOPE_MODEL", version.model().toString());
    settings.put("CHRONOSCOPE_IDLE_TIMEOUT", "30m");
    settings.put("CHRONOSCOPE_THREADS", "1");
    settings.put("CHRONOSCOPE_SEARCH_DIRECTORY", "memory");
    return ServiceProcess.start(
        version.checkout(),
        new ServiceProcess.Setup(
            broker.bootstrapServers(), "chronoscope", TopicNames.DEFAULT, settings),
        directory.resolve(name + ".log"));
  }

  private void awaitReady() throws Exception {
    long until = System.nanoTime() + TIMEOUT.toNanos();
    for (ServiceProcess instance : instances.values()) {
      while (!instance.isReady()) {
        assertThat(instance.isAlive()).as(instance.said()).isTrue();
        assertThat(System.nanoTime()).as(instance.said()).isLessThan(until);
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      }
    }
  }

  private double rebalances(String name) throws Exception {
    Matcher found = REBALANCES.matcher(instances.get(name).get("/q/metrics").body());
    assertThat(found.find()).isTrue();
    return Double.parseDouble(found.group(1));
  }

  private static void publish(
      SegmentSender sender, Map<String, List<MediaSegment>> streams, double from, double to) {
    streams.forEach((stream, segments) -> {
      int first = (int) Math.round(from * segments.size());
      int end = (int) Math.round(to * segments.size());
      for (MediaSegment segment : segments.subList(first, end)) {
        sender.send(stream, segment.index(), NOON.plus(segment.start()), segment);
      }
    });
  }

  private void awaitMoreResultsThan(int number) {
    var unused = await(results -> results.ids().size() > number);
  }

  private CommittedResults awaitEnded() {
    return await(results ->
        SAMPLES.stream()
            .allMatch(sample ->
                results.records().getOrDefault(Topic.EVENTS + " of " + sample, List.of()).stream()
                    .anyMatch(json -> json.contains("io.chronoscope.stream.ended"))));
  }

  private CommittedResults await(Predicate<CommittedResults> condition) {
    long until = System.nanoTime() + TIMEOUT.toNanos();
    while (true) {
      CommittedResults results = CommittedResults.read(kafka, TopicNames.DEFAULT);
      if (condition.test(results)) {
        return results;
      }
      assertThat(System.nanoTime())
          .as(() ->
              instances.values().stream()
                  .map(ServiceProcess::said)
                  .reduce(String.valueOf(results.ids()), (a, b) -> a + "\n" + b))
          .isLessThan(until);
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }
  }

  private static Path copyOfTheDemoCheckpoint(Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(Path.of("models/demo"))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }
}
