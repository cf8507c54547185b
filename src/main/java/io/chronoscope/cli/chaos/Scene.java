package io.chronoscope.cli.chaos;

import io.chronoscope.cli.chaos.KafkaProxy.Request;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.CommittedResults;
import io.chronoscope.client.Topics;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;

/// One fault's own topics and consumer group, and the instances that work on them. An instance that
/// ends is started again, as a supervisor would do, until the scene is closed.
final class Scene implements AutoCloseable {

  /// The stream that a fault is about, if it is about one.
  static final String BAD_STREAM = "bad";

  static final Duration TIMEOUT = Duration.ofMinutes(5);

  private static final List<String> HEAP = List.of("-Xmx512m");
  private static final URI SOURCE = URI.create("/chronoscope/chaos");
  private static final Duration POLL = Duration.ofMillis(300);
  private static final String REASON = "\"reason\":\"";

  private final Laboratory laboratory;
  private final Map<String, Object> kafka;
  private final String bootstrapServers;
  private final String group;
  private final String prefix;
  private final TopicNames topics;
  private final Path directory;
  private final Admin admin;
  private final Progress progress;
  private final ChunkPublisher publisher;
  private final SegmentSender sender;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Instance> instances = new ArrayList<>();
  private int started;
  private int restarts;

  /// @param kafka client properties that reach the broker directly
  /// @param bootstrapServers what the service connects to
  /// @param directory for what the instances write
  Scene(
      Laboratory laboratory,
      String name,
      Map<String, Object> kafka,
      String bootstrapServers,
      Path directory) {
    this.laboratory = laboratory;
    this.kafka = kafka;
    this.bootstrapServers = bootstrapServers;
    this.group = "chaos-" + name;
    this.prefix = "chaos." + name + ".";
    this.topics = TopicNames.DEFAULT.renamed(topic -> prefix + topic);
    this.directory = directory;
    this.admin = Admin.create(kafka);
    Topics.ensure(admin, topics);
    this.progress = new Progress(admin, kafka, topics, group);
    this.publisher = new ChunkPublisher(kafka, topics.of(Topic.CHUNKS), SOURCE);
    this.sender = new SegmentSender(publisher);
    environment.put("KAFKA_SESSION_TIMEOUT_MS", "3000");
    environment.put("KAFKA_HEARTBEAT_INTERVAL_MS", "500");
    environment.put("CHRONOSCOPE_KAFKA_GROUP", group);
    environment.put("CHRONOSCOPE_SEARCH_ENABLED", "false");
    environment.put("CHRONOSCOPE_MODEL", laboratory.model().toAbsolutePath().toString());
    for (Topic topic : Topic.values()) {
      environment.put(
          topic.setting().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"), topics.of(topic));
    }
  }

  Laboratory laboratory() {
    return laboratory;
  }

  KafkaProxy proxy() {
    return laboratory.proxy();
  }

  Map<String, Object> kafka() {
    return kafka;
  }

  TopicNames topics() {
    return topics;
  }

  Admin admin() {
    return admin;
  }

  String group() {
    return group;
  }

  Path directory() {
    return directory;
  }

  /// Sends to the chunks topic, past the proxy.
  ChunkPublisher publisher() {
    return publisher;
  }

  /// Sends segments and ends of streams to the chunks topic, past the proxy.
  SegmentSender sender() {
    return sender;
  }

  /// A setting of all instances that start from now on.
  Scene set(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Instance start() {
    return start(HEAP);
  }

  Instance start(List<String> javaOptions) {
    return start(List.of(), javaOptions);
  }

  private Instance start(List<String> prefix, List<String> javaOptions) {
    Instance instance =
        Instance.start(
            prefix,
            bootstrapServers,
            javaOptions,
            environment,
            directory.resolve("instance-" + ++started + ".log"));
    instances.add(instance);
    return instance;
  }

  /// Starts an instance and waits until it is ready.
  ///
  /// @throws IllegalStateException when it does not become ready
  Instance startReady() {
    return ready(start());
  }

  /// Starts an instance that sees a disk, and waits until it is ready.
  ///
  /// @throws IllegalStateException when it does not become ready
  Instance startReady(SmallDisk disk) {
    return ready(start(disk.prefix(), HEAP));
  }

  private static Instance ready(Instance instance) {
    if (!instance.awaitReady(TIMEOUT)) {
      throw new IllegalStateException("the instance did not become ready: " + instance.lastWords());
    }
    return instance;
  }

  /// Takes an instance out of supervision.
  void forget(Instance instance) {
    instances.remove(instance);
  }

  void sendAll() {
    send(0, laboratory.workload().rounds());
  }

  /// @see Workload#send
  void send(int from, int until) {
    laboratory.workload().send(sender, from, until);
  }

  /// What is published so far. Records that name their topics name them without the scene's prefix.
  CommittedResults results() {
    CommittedResults read = CommittedResults.read(kafka, topics);
    Map<String, List<String>> records = new TreeMap<>();
    read.records()
        .forEach((key, texts) ->
            records.put(key, texts.stream().map(text -> text.replace(prefix, "")).toList()));
    return new CommittedResults(records, read.ids());
  }

  /// Sends something as a chunk of the bad stream.
  void sendBad(int sequence, byte[] media) {
    publisher
        .publish(
            BAD_STREAM,
            sequence,
            Workload.START.plus(Workload.CHUNK.multipliedBy(sequence)),
            Workload.CHUNK,
            "video/mp4",
            media)
        .toCompletableFuture()
        .join();
  }

  /// Sends a part of the workload and waits until the service has committed.
  ///
  /// @param commits number of commits to wait for
  /// @return whether they came in time
  boolean sendAndAwaitCommits(int from, int until, int commits) throws InterruptedException {
    CountDownLatch committed = new CountDownLatch(1);
    proxy().onceAnswered(Request.END_TXN, commits, 0, committed::countDown);
    send(from, until);
    return committed.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  /// Waits until everything on the chunks topic is processed and all streams have ended; starts
  /// instances that have ended, and one if there is none.
  ///
  /// @return the problem if that takes too long
  Optional<String> awaitDone() throws Exception {
    long until = System.nanoTime() + TIMEOUT.toNanos();
    while (!progress.isComplete()) {
      if (System.nanoTime() > until) {
        return Optional.of(
            "%d of %d chunks processed after %s; the service said: %s"
                .formatted(
                    progress.done(), progress.total(), TIMEOUT, instances.getLast().lastWords()));
      }
      restartEnded();
      LockSupport.parkNanos(POLL.toNanos());
    }
    return Optional.empty();
  }

  private void restartEnded() {
    int ended = (int) instances.stream().filter(instance -> !instance.isAlive()).count();
    instances.removeIf(instance -> !instance.isAlive());
    for (int i = 0; i < ended || instances.isEmpty(); i++) {
      start();
      restarts++;
    }
  }

  /// Number of records of the chunks topic that are processed.
  long done() throws InterruptedException {
    return progress.done();
  }

  /// Whether a stream has begun and not ended.
  boolean isLive(String stream) throws InterruptedException, ExecutionException {
    return progress.liveStreams().contains(stream);
  }

  /// Waits until everything is processed and compares the workload's results with the undisturbed
  /// ones, record for record.
  Observation compare() throws Exception {
    Optional<String> problem = awaitDone();
    if (problem.isPresent()) {
      return new Observation.Broken(problem.get());
    }
    Observation compared =
        new Comparison(laboratory.workload().streams().keySet())
            .compare(laboratory.undisturbed(), results());
    return restarts == 0 ? compared : compared.with(restarts + " restarts");
  }

  /// The reason of a stream's first dead letter, for people.
  String firstRefusal(String stream) {
    String letter = records(Topic.DEAD_LETTERS, stream).getFirst();
    int at = letter.indexOf(REASON);
    int from = at + REASON.length();
    return at < 0
        ? "dead letter"
        : "dead letter " + letter.substring(from, letter.indexOf('"', from));
  }

  /// The records of one topic and stream so far.
  List<String> records(Topic topic, String stream) {
    return results().records().getOrDefault(topic + " of " + stream, List.of());
  }

  /// Waits until a stream has a record on a topic.
  boolean awaitRecord(Topic topic, String stream, Duration atMost) {
    long until = System.nanoTime() + atMost.toNanos();
    while (records(topic, stream).isEmpty()) {
      if (System.nanoTime() > until) {
        return false;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }

  @Override
  public void close() throws InterruptedException {
    publisher.close();
    admin.close(Duration.ZERO);
    for (Instance instance : instances) {
      instance.close();
    }
  }
}
