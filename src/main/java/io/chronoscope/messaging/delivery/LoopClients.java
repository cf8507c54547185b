package io.chronoscope.messaging.delivery;

import io.chronoscope.client.ConsumerSettings;
import io.chronoscope.messaging.RebalanceProtocol;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Opens the Kafka clients of a [ConsumeProduceLoop], which closes them.
interface LoopClients {

  /// The next owner of a partition waits for an open transaction at most this long.
  Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(30);

  /// Batches that one poll may bring: reading is not to wait for publishing.
  int MAX_BATCHES_AT_ONCE = 100;

  /// A consumer in the loop's group, without a subscription.
  Consumer<byte[], byte[]> consumer();

  /// A producer for the results of one partition: transactional, but not initialized, if the
  /// delivery is exactly-once; else idempotent.
  Producer<String, byte[]> producer(TopicPartition partition);

  /// @param kafka client properties, at least `bootstrap.servers`
  static LoopClients of(ConsumeProduceLoop.Settings settings, Map<String, Object> kafka) {
    Map<String, Object> consuming =
        RebalanceProtocol.cooperative(ConsumerSettings.inGroup(kafka, settings.group()));
    consuming.put(
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
        settings.maxRecords() * Math.min(settings.maxBatches(), MAX_BATCHES_AT_ONCE));
    return new LoopClients() {
      @Override
      public Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
            consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      }

      @Override
      public Producer<String, byte[]> producer(TopicPartition partition) {
        return switch (settings.delivery()) {
          case EXACTLY_ONCE ->
              CommitProducers.transactional(
                  kafka, settings.group(), partition, TRANSACTION_TIMEOUT);
          case AT_LEAST_ONCE -> CommitProducers.idempotent(kafka);
        };
      }
    };
  }
}
