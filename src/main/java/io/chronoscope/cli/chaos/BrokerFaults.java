package io.chronoscope.cli.chaos;

import io.chronoscope.cli.chaos.KafkaProxy.Request;
import io.chronoscope.wire.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A broker that is away, slow, killed or full.
final class BrokerFaults {

  private static final String SAME = "every record once, the same as undisturbed";
  private static final int CUTS = 8;

  private BrokerFaults() {}

  /// @param outage how long the broker is away
  static List<Fault> all(Duration outage) {
    return List.of(
        new Fault(
            "broker-away",
            "the broker cannot be reached for %d s, longer than streams may be silent"
                .formatted(outage.toSeconds()),
            "the outage is no silence: " + SAME,
            scene -> away(scene, outage)),
        new Fault(
            "connections-cut",
            "all connections end " + CUTS + " times within seconds",
            SAME,
            BrokerFaults::cutOften),
        new Fault(
            "stalled-sink", "the broker accepts no results for 20 s", SAME, BrokerFaults::stall),
        new Fault(
            "broker-killed",
            "SIGKILL to the broker in the middle of the work",
            "what the broker has acknowledged is there after its restart; " + SAME,
            BrokerFaults::killBroker),
        new Fault(
            "broker-disk-full",
            "the broker cannot write its log any more and ends",
            "after its restart with room: " + SAME,
            BrokerFaults::fillBroker));
  }

  private static Observation away(Scene scene, Duration outage) throws Exception {
    // Chunks come to an end in the middle of the streams; idle streams would be closed.
    Duration idle = Duration.ofSeconds(Math.max(5, outage.toSeconds() / 3));
    scene.set("CHRONOSCOPE_IDLE_TIMEOUT", idle.toSeconds() + "s");
    scene.start();
    if (!scene.sendAndAwaitCommits(0, 3, 2)) {
      return new Observation.NotRun("nothing was committed");
    }
    scene.proxy().cut();
    scene.send(3, scene.laboratory().workload().rounds());
    LockSupport.parkNanos(outage.toNanos());
    scene.proxy().restore();
    return scene.compare();
  }

  private static Observation cutOften(Scene scene) throws Exception {
    Instance instance = scene.start();
    scene.sendAll();
    instance.awaitReady(Scene.TIMEOUT);
    for (int cut = 0; cut < CUTS; cut++) {
      LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
      scene.proxy().endConnections();
    }
    return scene.compare();
  }

  private static Observation stall(Scene scene) throws Exception {
    scene.startReady();
    scene.proxy().hold(Request.PRODUCE);
    scene.sendAll();
    LockSupport.parkNanos(Duration.ofSeconds(20).toNanos());
    scene.proxy().release();
    return scene.compare();
  }

  private static Observation killBroker(Scene shared) throws Exception {
    Path data = Files.createDirectories(shared.directory().resolve("broker"));
    try (BrokerProcess broker = new BrokerProcess(data);
        Scene scene = broker.scene(shared, "broker-killed")) {
      scene.start();
      scene.send(0, 4);
      while (scene.done() == 0) {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
      broker.killAndRestart();
      scene.send(4, scene.laboratory().workload().rounds());
      return scene.compare();
    }
  }

  private static Observation fillBroker(Scene shared) throws Exception {
    Path data = Files.createDirectories(shared.directory().resolve("broker"));
    try (BrokerProcess broker = new BrokerProcess(data);
        Scene scene = broker.scene(shared, "broker-disk-full")) {
      scene.start();
      scene.send(0, 3);
      if (!FileSizeLimit.impose(broker.pid(), 0)) {
        return new Observation.NotRun(FileSizeLimit.MISSING);
      }
      writeUntilRefused(scene);
      if (!broker.awaitEnd(Duration.ofSeconds(60))) {
        return new Observation.NotRun("the broker keeps running without room");
      }
      broker.restart();
      scene.send(3, scene.laboratory().workload().rounds());
      return scene.compare();
    }
  }

  /// Writes records that no one reads, until the broker cannot.
  private static void writeUntilRefused(Scene scene) throws InterruptedException {
    Map<String, Object> properties = new HashMap<>(scene.kafka());
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 3000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 2000);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 3000);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < 20; i++) {
        try {
          producer
              .send(new ProducerRecord<>(scene.topics().of(Topic.QUESTIONS), new byte[1000]))
              .get();
        } catch (ExecutionException | RuntimeException e) {
          return;
        }
      }
    }
  }
}
