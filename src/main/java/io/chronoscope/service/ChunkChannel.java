package io.chronoscope.service;

import io.chronoscope.messaging.chunk.ChunkFeed;
import io.chronoscope.tracing.StreamTraces;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/// The channel `video-chunks`: passes its records to the [ChunkFeed] one by one, and notifies it of
/// assigned and revoked partitions. The feed's delivery commits offsets, so messages are never
/// acknowledged.
@ApplicationScoped
@Identifier(ChunkChannel.NAME)
class ChunkChannel implements KafkaConsumerRebalanceListener {

  static final String NAME = "video-chunks";

  private final ChunkFeed feed;
  private final StreamTraces traces;

  ChunkChannel(ChunkFeed feed, StreamTraces traces) {
    this.feed = feed;
    this.traces = traces;
  }

  @Incoming(NAME)
  @Acknowledgment(Acknowledgment.Strategy.NONE)
  CompletionStage<Void> consume(Message<byte[]> message) {
    IncomingKafkaRecordMetadata<byte[], byte[]> metadata = kafka(message);
    ConsumerRecord<byte[], byte[]> record = metadata.getRecord();
    var offered = traces.received(record);
    return feed.consume(record, metadata.getConsumerGroupGenerationId())
        .whenComplete((done, problem) -> offered.accept(problem));
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
    feed.revoked(consumer, partitions);
  }

  @Override
  public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    feed.lost(partitions);
  }
}
