package io.chronoscope.client;

import io.chronoscope.client.ResultReader.From;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Follows the state topic, of which only the service knows what it says, to see how large it is:
/// the record that each stream goes on from. For use by one thread.
public final class StateSizes implements AutoCloseable {

  private final TopicReader topic;
  private final Map<String, Integer> latest = new HashMap<>();
  private long largest;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when the topic does not exist
  public StateSizes(Map<String, Object> kafka, String topic) {
    this.topic = new TopicReader(kafka, List.of(topic), From.BEGINNING);
  }

  /// Takes in what has come.
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

  /// Bytes of the latest; 0 when the stream has none.
  public int latest(String stream) {
    return latest.getOrDefault(stream, 0);
  }

  /// Bytes of the largest of all streams so far.
  public long largest() {
    return largest;
  }

  @Override
  public void close() {
    topic.close();
  }
}
