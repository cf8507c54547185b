package io.chronoscope.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.wire.JsonFields;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RedriveMark;
import io.chronoscope.wire.ResultEnvelope;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Reads results from their topics without a consumer group: nobody's offsets move. Results of one
/// stream come in their order within a topic; several topics are read side by side. For use by one
/// thread, except [#stop()].
public final class ResultReader implements AutoCloseable {

  private final TopicReader topics;

  /// Where reading begins.
  public enum From {
    BEGINNING,
    /// Only what is published after the reader was opened.
    NOW
  }

  /// A record of a results' topic.
  public sealed interface Read {

    /// Where the record lies.
    ChunkOrigin at();

    /// @param result what was published
    /// @param json the record's value as it was published, also with fields that this version does
    ///   not know
    record Published(ChunkOrigin at, Result result, JsonNode json) implements Read {}

    /// A record that is none of ours, or damaged.
    record Foreign(ChunkOrigin at, String problem) implements Read {}
  }

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when a topic does not exist
  public ResultReader(Map<String, Object> kafka, Collection<String> topics, From from) {
    this.topics = new TopicReader(kafka, topics, from);
  }

  /// What has come, waiting for at most `timeout`; nothing when nothing has come or the reader was
  /// stopped.
  public List<Read> poll(Duration timeout) {
    return topics.poll(timeout).stream()
        // A null value takes a compacted key away, a mark says something of a dead letter; neither
        // is a result.
        .filter(record -> record.value() != null && !RedriveMark.isOne(record))
        .map(ResultReader::read)
        .toList();
  }

  /// Whether everything that was there when the reader was opened has been read.
  public boolean caughtUp() {
    return topics.caughtUp();
  }

  /// Reads what was there when the reader was opened, then returns.
  public void readToEnd(Consumer<Read> sink) {
    while (!topics.isStopped() && !caughtUp()) {
      poll(Duration.ofMillis(200)).forEach(sink);
    }
  }

  /// Reads on until [#stop()].
  public void follow(Consumer<Read> sink) {
    while (!topics.isStopped()) {
      poll(Duration.ofSeconds(1)).forEach(sink);
    }
  }

  /// Lets a waiting call return soon, from any thread.
  public void stop() {
    topics.stop();
  }

  @Override
  public void close() {
    topics.close();
  }

  private static Read read(ConsumerRecord<byte[], byte[]> record) {
    ChunkOrigin at = new ChunkOrigin(record.topic(), record.partition(), record.offset());
    try {
      return new Read.Published(
          at, ResultEnvelope.read(record), JsonFields.parse(record.value()).node());
    } catch (MalformedRecordException e) {
      return new Read.Foreign(at, String.valueOf(e.getMessage()));
    }
  }
}
