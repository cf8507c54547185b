package io.chronoscope.messaging.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.broker.EmbeddedBroker;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Why each partition has a transactional producer of its own (docs/design/0037): what the instance
/// that takes over a partition has to wait for after its owner was killed in a transaction.
class ProducersOfAnInstanceIT {

  private static final String CHUNKS = "chunks";
  private static final String RESULTS = "results";

  private static EmbeddedBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    try (Admin admin = Admin.create(client())) {
      admin
          .createTopics(
              List.of(new NewTopic(CHUNKS, 2, (short) 1), new NewTopic(RESULTS, 2, (short) 1)))
          .all()
          .get();
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static Map<String, Object> client() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @Test
  void withAnIdOfThePartitionASuccessorReadsTheOffsetAtOnce() {
    TopicPartition partition = new TopicPartition(CHUNKS, 0);
    Producer<String, byte[]> killed = killedInATransaction("by-partition-0", "group-a", partition);
    try (Producer<String, byte[]> successor = producer("by-partition-0")) {
      successor.initTransactions();

      assertThat(committed("group-a", partition)).containsKey(partition);
    } finally {
      killed.close(Duration.ZERO);
    }
  }

  @Test
  void withAnIdOfTheInstanceASuccessorWaitsForTheTimeoutOfTheTransaction() {
    TopicPartition partition = new TopicPartition(CHUNKS, 1);
    Producer<String, byte[]> killed = killedInATransaction("instance-a", "group-b", partition);
    try (Producer<String, byte[]> successor = producer("instance-b")) {
      successor.initTransactions();

      assertThatThrownBy(() -> committed("group-b", partition))
          .isInstanceOf(TimeoutException.class);
    } finally {
      killed.close(Duration.ZERO);
    }
  }

  /// An owner with a committed offset and a transaction that nobody ends, as after SIGKILL.
  private static Producer<String, byte[]> killedInATransaction(
      String id, String group, TopicPartition partition) {
    Producer<String, byte[]> producer = producer(id);
    producer.initTransactions();
    for (long offset : new long[] {7, 8}) {
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(RESULTS, partition.partition(), "key", new byte[10]));
      producer.sendOffsetsToTransaction(
          Map.of(partition, new OffsetAndMetadata(offset)), new ConsumerGroupMetadata(group));
      if (offset == 7) {
        producer.commitTransaction();
      }
    }
    return producer;
  }

  /// What an instance does when it takes over a partition.
  private static Map<TopicPartition, OffsetAndMetadata> committed(
      String group, TopicPartition partition) {
    Map<String, Object> settings = new HashMap<>(client());
    settings.put("group.id", group);
    settings.put("isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return consumer.committed(Set.of(partition), Duration.ofSeconds(5));
    }
  }

  /// With the transaction timeout of the service, five minutes.
  private static Producer<String, byte[]> producer(String id) {
    Map<String, Object> settings = new HashMap<>(client());
    settings.put("transactional.id", id);
    settings.put("transaction.timeout.ms", 300_000);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /// Prints what the producers of an instance cost: `-Dproducers=100` opens a hundred.
  @Test
  @EnabledIfSystemProperty(named = "producers", matches = "\\d+")
  void measuresProducers() throws Exception {
    try (Producer<String, byte[]> warm = producer("warm")) {
      warm.initTransactions();
    }
    for (int count : new int[] {1, Integer.getInteger("producers")}) {
      List<Producer<String, byte[]>> open = new ArrayList<>();
      long heap = heapBytes();
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      long started = System.nanoTime();
      try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Producer<String, byte[]>>> opening = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          String id = count + "-" + i;
          Callable<Producer<String, byte[]>> task =
              () -> {
                Producer<String, byte[]> producer = producer(id);
                producer.initTransactions();
                return producer;
              };
          opening.add(executor.submit(task));
        }
        for (Future<Producer<String, byte[]>> one : opening) {
          open.add(one.get());
        }
      }
      double seconds = (System.nanoTime() - started) / 1e9;
      System.out.printf(
          "%d producers: opened and fenced in %.2f s, %.2f MB of heap and %d threads%n",
          count,
          seconds,
          (heapBytes() - heap) / 1e6,
          ManagementFactory.getThreadMXBean().getThreadCount() - threads);
      open.forEach(producer -> producer.close(Duration.ZERO));
    }
  }

  private static long heapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
