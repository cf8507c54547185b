package io.chronoscope.client;

import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.client.ResultReader.From;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// The dead letters of a topic for callers that ask often: each call reads only what came since the
/// one before. Thread-safe.
public final class FollowedDeadLetters implements AutoCloseable {

  private final Map<String, Object> kafka;
  private final String topic;
  private DeadLetters read = new DeadLetters();
  private @Nullable TopicReader reader;

  /// @param kafka client properties, at least `bootstrap.servers`
  public FollowedDeadLetters(Map<String, Object> kafka, String topic) {
    this.kafka = kafka;
    this.topic = topic;
  }

  /// @return by id, ordered by the time of writing; what the topic no longer retains is left out
  /// @throws IllegalArgumentException when the topic does not exist
  /// @throws KafkaException when the brokers cannot be reached; the next call begins anew
  public synchronized Map<String, Letter> current() {
    try {
      TopicReader opened = reader;
      if (opened == null) {
        opened = new TopicReader(kafka, List.of(topic), From.BEGINNING);
        reader = opened;
        read = new DeadLetters();
      }
      opened.readToPresentEnd(read::add);
      read.forgetBelow(opened.beginnings());
      return read.letters();
    } catch (KafkaException e) {
      close();
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
