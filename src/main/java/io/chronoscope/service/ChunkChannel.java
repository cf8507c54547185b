package io.chronoscope.service;

import io.chronoscope.messaging.chunk.ChunkFeed;
import io.chronoscope.messaging.chunk.PartitionFlow;
import io.chronoscope.tracing.StreamTraces;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/// The channel `video-chunks`: passes its records to the [ChunkFeed] one by one, and notifies it of
/// assigned and revoked partitions. A partition whose stream has no room pauses ([PartitionFlow]).
/// The feed's delivery commits offsets, so messages are never acknowledged.
@ApplicationScoped
@Identifier(ChunkChannel.NAME)
class ChunkChannel implements KafkaConsumerRebalanceListener {

  static final String NAME = "video-chunks";

  private static final Logger LOG = Logger.getLogger(ChunkChannel.class);

  private final ChunkFeed feed;
  private final PartitionFlow flow;

  ChunkChannel(ChunkFeed feed, StreamTraces traces, KafkaClientService clients) {
    this.feed = feed;
    this.flow =
        new PartitionFlow(
            (record, generation) -> {
              var offered = traces.received(record);
              return feed.consume(record, generation)
                  .whenComplete((done, problem) -> offered.accept(problem));
            },
            action -> changeReading(clients, action));
  }

  private static void changeReading(
      KafkaClientService clients, java.util.function.Consumer<Consumer<?, ?>> action) {
    KafkaConsumer<byte[], byte[]> consumer = clients.getConsumer(NAME);
    if (consumer != null) {
      consumer
          .runOnPollingThread((Consumer<byte[], byte[]> polling) -> action.accept(polling))
          .subscribe()
          .with(done -> {}, problem -> LOG.warn("partitions cannot be paused or resumed", problem));
    }
  }

  @Incoming(NAME)
  @Acknowledgment(Acknowledgment.Strategy.NONE)
  CompletionStage<Void> consume(Message<byte[]> message) {
    IncomingKafkaRecordMetadata<byte[], byte[]> metadata = kafka(message);
    return flow.offer(metadata.getRecord(), metadata.getConsumerGroupGenerationId());
  }

  @SuppressWarnings("unchecked") // the channel's deserializers are fixed
  private static IncomingKafkaRecordMetadata<byte[], byte[]> kafka(Message<byte[]> message) {
    return message
        .getMetadata(IncomingKafkaRecordMetadata.class)
        .orElseThrow(
            () -> new IllegalStateException("message without Kafka metadata on channel " + NAME));
  }

  @Override
  public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    feed.assigned(consumer, partitions);
  }

  @Override
  public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    flow.revoked(partitions);
    feed.revoked(consumer, partitions);
  }

  @Override
  public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    flow.revoked(partitions);
    feed.lost(partitions);
  }
}
