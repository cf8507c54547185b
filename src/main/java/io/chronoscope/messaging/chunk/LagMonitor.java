package io.chronoscope.messaging.chunk;

import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.ChunkOffsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures the lag of the assigned partitions: their end offsets minus the committable ones. The
/// consumer's own lag metric counts from the fetched position and is not updated while the consumer
/// is paused.
public final class LagMonitor implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(LagMonitor.class);

  private final Admin admin;
  private final ChunkOffsets offsets;
  private final MessagingMetrics metrics;

  public LagMonitor(Admin admin, ChunkOffsets offsets, MessagingMetrics metrics) {
    this.admin = admin;
    this.offsets = offsets;
    this.metrics = metrics;
  }

  @Override
  public void run() {
    Map<TopicPartition, Long> committable = offsets.committable();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    committable.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    try {
      long lag = 0;
      for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
          admin.listOffsets(latest).all().get().entrySet()) {
        long behind = end.getValue().offset() - committable.getOrDefault(end.getKey(), 0L);
        lag += Math.max(0, behind);
      }
      metrics.lag(lag);
    } catch (ExecutionException e) {
      LOG.debug("the lag could not be measured: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
