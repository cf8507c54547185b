package io.chronoscope.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RedriveMark;
import io.chronoscope.wire.ResultEnvelope;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Reads results from their topics without a consumer group: no group's offsets move. The results
/// of a stream keep their order within a topic; several topics are read side by side. For use by
/// one thread, except [#stop()].
public final class ResultReader implements AutoCloseable {

  private final TopicReader topics;

  /// Where reading starts.
  public enum From {
    BEGINNING,
    /// Only what is published after the reader was opened.
    NOW
  }

  /// A record of a results topic.
  public sealed interface Read {

    /// The position of the record.
    ChunkOrigin at();

    /// @param json the record's value as published, including fields that this version does not
    ///   know
    record Published(ChunkOrigin at, Result result, JsonNode json) implements Read {}

    /// A record of another program, or a damaged one.
    record Foreign(ChunkOrigin at, String problem) implements Read {}
  }

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when a topic does not exist
  public ResultReader(Map<String, Object> kafka, Collection<String> topics, From from) {
    this.topics = new TopicReader(kafka, topics, from);
  }

  private ResultReader(TopicReader topics) {
    this.topics = topics;
  }

  /// Reads what was published at a time or later.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when a topic does not exist
  public static ResultReader since(
      Map<String, Object> kafka, Collection<String> topics, Instant published) {
    return new ResultReader(TopicReader.since(kafka, topics, published));
  }

  /// The next results; empty when none arrive within `timeout` or the reader is stopped.
  public List<Read> poll(Duration timeout) {
    return topics.poll(timeout).stream().map(ResultReader::read).flatMap(Optional::stream).toList();
  }

  /// Reads up to the ends at the time of opening, or until [#stop()].
  public void readToEnd(Consumer<Read> sink) {
    topics.readToEnd(record -> read(record).ifPresent(sink));
  }

  /// Reads until [#stop()].
  public void follow(Consumer<Read> sink) {
    topics.follow(record -> read(record).ifPresent(sink));
  }

  /// Ends reading, from any thread: a waiting call returns soon.
  public void stop() {
    topics.stop();
  }

  @Override
  public void close() {
    topics.close();
  }

  /// @return empty for what is no result: tombstones and redrive marks
  private static Optional<Read> read(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null || RedriveMark.isMark(record)) {
      return Optional.empty();
    }
    ChunkOrigin at = new ChunkOrigin(record.topic(), record.partition(), record.offset());
    try {
      return Optional.of(
          new Read.Published(at, ResultEnvelope.read(record), Json.parse(record.value())));
    } catch (MalformedRecordException e) {
      return Optional.of(new Read.Foreign(at, String.valueOf(e.getMessage())));
    }
  }
}
