package io.chronoscope.client;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.live.ChunkSink;
import io.chronoscope.live.RefusedChunkException;
import io.chronoscope.live.SpooledChunk;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/// Sends the chunks of live sources to the chunks topic. A chunk that is sent again after an
/// unknown outcome has the same id, number and time, by which the analysis recognizes it.
/// Thread-safe.
public final class KafkaChunkSink implements ChunkSink {

  private final ChunkPublisher publisher;

  /// @param publisher stays owned by the caller, who closes it
  public KafkaChunkSink(ChunkPublisher publisher) {
    this.publisher = publisher;
  }

  /// Client properties with which a producer gives up soon, because chunks wait on disk anyway.
  public static Map<String, Object> properties(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
    return properties;
  }

  @Override
  public ChunkOrigin send(SpooledChunk chunk)
      throws IOException, RefusedChunkException, InterruptedException {
    try {
      return await(publisher.publish(chunk));
    } catch (RecordTooLargeException e) {
      throw new RefusedChunkException(
          "chunk %d of %d bytes is larger than Kafka takes: %s"
              .formatted(chunk.sequence(), chunk.media().length, e.getMessage()),
          e);
    } catch (KafkaException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void end(String stream) throws IOException, InterruptedException {
    try {
      var unused = await(publisher.end(stream));
    } catch (KafkaException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  private static ChunkOrigin await(CompletionStage<ChunkOrigin> sending)
      throws IOException, InterruptedException {
    try {
      return sending.toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException failure) {
        throw failure;
      }
      throw new IOException(String.valueOf(e.getCause()), e);
    }
  }
}
