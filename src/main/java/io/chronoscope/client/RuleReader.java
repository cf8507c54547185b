package io.chronoscope.client;

import io.chronoscope.wire.RuleChange;
import io.chronoscope.wire.RuleRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Reads the rules topic from its first record on, without a consumer group. For use by one thread,
/// except [#stop()].
public final class RuleReader implements AutoCloseable {

  private final TopicReader topic;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when the topic does not exist
  public RuleReader(Map<String, Object> kafka, String topic) {
    this.topic = new TopicReader(kafka, List.of(topic), ResultReader.From.BEGINNING);
  }

  /// The next changes; empty when none arrive within `timeout` or the reader is stopped.
  public List<RuleChange> poll(Duration timeout) {
    return topic.poll(timeout).stream().map(RuleRecord::read).toList();
  }

  /// Whether everything up to the end at the time of opening has been read.
  public boolean caughtUp() {
    return topic.caughtUp();
  }

  /// Ends reading, from any thread: a waiting call returns soon.
  public void stop() {
    topic.stop();
  }

  @Override
  public void close() {
    topic.close();
  }
}
