package io.chronoscope.client;

import io.chronoscope.client.ResultReader.From;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Follows the sizes of the records on the state topic, of which each stream has one to resume
/// from; their content is internal to the service. For use by one thread.
public final class StateSizes implements AutoCloseable {

  private final TopicReader topic;
  private final Map<String, Integer> latest = new HashMap<>();
  private long largest;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when the topic does not exist
  public StateSizes(Map<String, Object> kafka, String topic) {
    this.topic = new TopicReader(kafka, List.of(topic), From.BEGINNING);
  }

  /// Reads the records that have arrived.
  public void poll() {
    topic
        .poll(Duration.ofMillis(20))
        .forEach(record -> {
          String stream = new String(record.key(), StandardCharsets.UTF_8);
          if (record.value() == null) {
            latest.remove(stream);
          } else {
            latest.put(stream, record.value().length);
            largest = Math.max(largest, record.value().length);
          }
        });
  }

  /// Size of a stream's latest record in bytes; 0 when it has none.
  public int latestBytes(String stream) {
    return latest.getOrDefault(stream, 0);
  }

  /// Size of the largest record of any stream so far, in bytes.
  public long largestBytes() {
    return largest;
  }

  @Override
  public void close() {
    topic.close();
  }
}
