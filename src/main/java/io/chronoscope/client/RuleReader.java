package io.chronoscope.client;

import io.chronoscope.wire.RuleChange;
import io.chronoscope.wire.RuleRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Reads the rules' topic from its beginning, without a consumer group. For use by one thread,
/// except [#stop()].
public final class RuleReader implements AutoCloseable {

  private final TopicReader topic;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when the topic does not exist
  public RuleReader(Map<String, Object> kafka, String topic) {
    this.topic = new TopicReader(kafka, List.of(topic), ResultReader.From.BEGINNING);
  }

  /// What has come, waiting for at most `timeout`.
  public List<RuleChange> poll(Duration timeout) {
    return topic.poll(timeout).stream().map(RuleRecord::read).toList();
  }

  /// Whether everything that was there when the reader was opened has been read.
  public boolean caughtUp() {
    return topic.caughtUp();
  }

  /// Reads what was there when the reader was opened, then returns.
  public void readToEnd(Consumer<RuleChange> sink) {
    while (!topic.isStopped() && !caughtUp()) {
      poll(Duration.ofMillis(200)).forEach(sink);
    }
  }

  /// Lets a waiting call return soon, from any thread; nothing more is to be read then.
  public void stop() {
    topic.stop();
  }

  @Override
  public void close() {
    topic.close();
  }
}
