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

/// All chunks of some streams that the topic still keeps, read once without a consumer group, in
/// the order of their partitions. Records that are no chunks are handed on once their stream has
/// begun.
public final class ReplayedChunks {

  private final ChunkEnvelope envelope;
  private final StreamPattern streams;
  private final Instant from;
  private final Instant to;
  private final Set<String> begun = new HashSet<>();

  /// @param from absolute; a chunk without a time has its record's
  /// @param to absolute, no longer part of it
  public ReplayedChunks(ChunkEnvelope envelope, StreamPattern streams, Instant from, Instant to) {
    this.envelope = envelope;
    this.streams = streams;
    this.from = from;
    this.to = to;
  }

  /// Reads what was there when the call began.
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
      begun.add(chunk.stream());
    }
    if (begun.contains(input.stream())) {
      sink.accept(input);
    }
  }
}
