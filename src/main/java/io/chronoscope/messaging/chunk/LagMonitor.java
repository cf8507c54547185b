package io.chronoscope.messaging.chunk;

import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.MessagingMetrics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks how far the partitions assigned here have been written, against how far they are done
/// with. The consumer's own lag ends at what it has fetched, and says nothing while it is paused.
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
    Map<TopicPartition, Long> done = offsets.committable();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    done.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    try {
      long lag = 0;
      for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
          admin.listOffsets(latest).all().get().entrySet()) {
        long behind = end.getValue().offset() - done.getOrDefault(end.getKey(), 0L);
        lag += Math.max(0, behind);
      }
      metrics.lag(lag);
    } catch (ExecutionException e) {
      LOG.debug("the lag is not known: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
