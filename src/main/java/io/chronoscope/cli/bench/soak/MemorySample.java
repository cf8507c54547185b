package io.chronoscope.cli.bench.soak;

import java.time.Duration;
import java.util.Map;

/// What the service and its decode workers hold at one moment.
///
/// @param sinceLoad time since the load began
/// @param residentBytes resident size of the service
/// @param workersBytes resident size of its decode workers together; pictures that are handed over
///   count on both sides
/// @param heapBytes objects on the Java heap, garbage included
/// @param heldBytes memory without a file by who holds it, as the service's metrics count it:
///   `heap`, `pixels`, `embeddings`, `prefixes`, `direct`, `metaspace`, `code`, `native`
/// @param fileBytes resident memory that is mapped from files
/// @param videoPerSecond seconds of video analyzed per second since the sample before
/// @param behindMs video that was sent and is not analyzed yet, of all streams together
/// @param cores CPU seconds per second of the service and its workers, since the sample before
record MemorySample(
    Duration sinceLoad,
    long residentBytes,
    long workersBytes,
    long heapBytes,
    Map<String, Long> heldBytes,
    long fileBytes,
    double videoPerSecond,
    long behindMs,
    double cores) {

  /// Resident size of the service and its workers.
  long togetherBytes() {
    return residentBytes + workersBytes;
  }

  /// @param holder as in `heldBytes`
  long held(String holder) {
    return heldBytes.getOrDefault(holder, 0L);
  }
}
