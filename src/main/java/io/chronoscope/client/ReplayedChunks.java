package io.chronoscope.client;

import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ChunkEnvelope.NoStreamException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Replays the retained chunks of several streams for a backtest: reads the chunks topic once,
/// without a consumer group, in the order of its partitions. Records other than chunks are
/// delivered once a chunk of their stream was.
public final class ReplayedChunks {

  private final ChunkEnvelope envelope;
  private final StreamPattern streams;
  private final Instant from;
  private final Instant to;
  private final Set<String> started = new HashSet<>();

  /// @param from absolute, inclusive; a chunk without a start time counts by its record's timestamp
  /// @param to absolute, exclusive
  public ReplayedChunks(ChunkEnvelope envelope, StreamPattern streams, Instant from, Instant to) {
    this.envelope = envelope;
    this.streams = streams;
    this.from = from;
    this.to = to;
  }

  /// Reads up to the end of the topic at the time of the call.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalArgumentException when the topic does not exist
  public void read(Map<String, Object> kafka, String topic, Consumer<StreamInput> sink) {
    TopicReader.readWhole(
        RetainedChunks.withFetchLimits(kafka), topic, record -> deliver(record, sink));
  }

  private void deliver(ConsumerRecord<byte[], byte[]> record, Consumer<StreamInput> sink) {
    StreamInput input;
    try {
      input = envelope.read(record);
    } catch (NoStreamException e) {
      return;
    }
    if (!streams.matches(input.stream())) {
      return;
    }
    if (input instanceof Chunk chunk) {
      Instant start = chunk.declaredStart().orElse(chunk.recordTime());
      Instant end = start.plus(chunk.declaredDuration().orElse(Duration.ZERO));
      boolean within = start.isBefore(to) && (end.isAfter(from) || !start.isBefore(from));
      if (!within) {
        return;
      }
      started.add(chunk.stream());
    }
    if (started.contains(input.stream())) {
      sink.accept(input);
    }
  }
}
