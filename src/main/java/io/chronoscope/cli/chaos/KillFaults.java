package io.chronoscope.cli.chaos;

import io.chronoscope.cli.chaos.KafkaProxy.Moment;
import io.chronoscope.cli.chaos.KafkaProxy.Request;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Instances that end, or lose their partitions, at the worst moments.
final class KillFaults {

  private static final String SAME = "every record once, the same as undisturbed";

  /// A fetch response with a chunk in it.
  private static final int CHUNK_BYTES = 4096;

  private KillFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "kill-joining",
            "SIGKILL while the instance joins the group",
            SAME,
            scene -> killAt(scene, Request.JOIN_GROUP, Moment.AFTER_RESPONSE, 1, 0)),
        new Fault(
            "kill-reading",
            "SIGKILL when the first chunk arrives",
            SAME,
            scene -> killAt(scene, Request.FETCH, Moment.AFTER_RESPONSE, 1, CHUNK_BYTES)),
        new Fault(
            "kill-analyzing",
            "SIGKILL during decoding and encoding",
            SAME,
            scene -> killWhileAnalyzing(scene, Duration.ofMillis(700))),
        new Fault(
            "kill-publishing",
            "SIGKILL when results are on their way to the broker",
            SAME,
            scene -> killAt(scene, Request.PRODUCE, Moment.BEFORE_REQUEST, 2, 0)),
        new Fault(
            "kill-published",
            "SIGKILL when results are on the topic but not committed",
            SAME,
            scene -> killAt(scene, Request.PRODUCE, Moment.AFTER_RESPONSE, 2, 0)),
        new Fault(
            "kill-committing-offsets",
            "SIGKILL when the offsets join the transaction",
            SAME,
            scene -> killAt(scene, Request.TXN_OFFSET_COMMIT, Moment.AFTER_RESPONSE, 2, 0)),
        new Fault(
            "kill-before-commit",
            "SIGKILL between publishing and commit",
            SAME,
            scene -> killAt(scene, Request.END_TXN, Moment.BEFORE_REQUEST, 2, 0)),
        new Fault(
            "kill-after-commit",
            "SIGKILL when the commit is done but not yet known",
            SAME,
            scene -> killAt(scene, Request.END_TXN, Moment.AFTER_RESPONSE, 2, 0)),
        new Fault(
            "rebalance",
            "an instance joins in the middle of a batch, the first one leaves",
            SAME,
            KillFaults::rebalance),
        new Fault(
            "drain",
            "SIGTERM in the middle of the work",
            "ends by itself within 30 s; " + SAME,
            KillFaults::drain),
        new Fault(
            "fenced-producer",
            "another producer takes over the transactional ids",
            SAME,
            KillFaults::fence));
  }

  private static Observation killAt(
      Scene scene, Request request, Moment moment, int nth, int leastBytes) throws Exception {
    CountDownLatch killed = new CountDownLatch(1);
    Instance instance = scene.start();
    scene
        .proxy()
        .at(
            request,
            moment,
            nth,
            leastBytes,
            () -> {
              instance.kill();
              killed.countDown();
            });
    scene.sendAll();
    if (!killed.await(Scene.TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      return new Observation.NotRun("no request %s came".formatted(request));
    }
    return scene.compare();
  }

  private static Observation killWhileAnalyzing(Scene scene, Duration later) throws Exception {
    CountDownLatch killed = new CountDownLatch(1);
    Instance instance = scene.start();
    scene
        .proxy()
        .onceAnswered(
            Request.FETCH,
            1,
            CHUNK_BYTES,
            () ->
                Thread.ofVirtual()
                    .start(() -> {
                      LockSupport.parkNanos(later.toNanos());
                      instance.kill();
                      killed.countDown();
                    }));
    scene.sendAll();
    if (!killed.await(Scene.TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      return new Observation.NotRun("no chunk was fetched");
    }
    return scene.compare();
  }

  private static Observation rebalance(Scene scene) throws Exception {
    Instance first = scene.startReady();
    scene.send(0, 3);
    scene.startReady();
    scene.send(3, 5);
    scene.forget(first);
    first.terminate();
    scene.send(5, scene.laboratory().workload().rounds());
    int exit = first.awaitEnd(Duration.ofSeconds(60));
    first.close();
    Observation observed = scene.compare();
    return exit == -1
        ? new Observation.Broken("the first instance did not end after SIGTERM")
        : observed;
  }

  private static Observation drain(Scene scene) throws Exception {
    Instance instance = scene.start();
    if (!scene.sendAndAwaitCommits(0, scene.laboratory().workload().rounds(), 1)) {
      return new Observation.NotRun("nothing was committed");
    }
    scene.forget(instance);
    instance.terminate();
    long startNanos = System.nanoTime();
    int exit = instance.awaitEnd(Duration.ofSeconds(30));
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    instance.close();
    if (exit == -1) {
      return new Observation.Broken("still running 30 s after SIGTERM");
    }
    return scene.compare().after("ended after %.1f s".formatted(seconds));
  }

  /// Initializes transactions under the service's own ids, as an instance would that took over its
  /// partitions.
  private static Observation fence(Scene scene) throws Exception {
    scene.start();
    if (!scene.sendAndAwaitCommits(0, scene.laboratory().workload().rounds(), 1)) {
      return new Observation.NotRun("nothing was committed");
    }
    List<String> ids =
        scene.admin().listTransactions().all().get().stream()
            .map(TransactionListing::transactionalId)
            .filter(id -> id.contains(scene.group()))
            .toList();
    for (String id : ids) {
      Map<String, Object> properties = new HashMap<>(scene.kafka());
      properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
        producer.initTransactions();
      }
    }
    return ids.isEmpty() ? new Observation.NotRun("no transactional id found") : scene.compare();
  }
}
