package io.chronoscope.wire;

import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Media;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/// What a dead letter says of the record besides where it lies and why it was refused. Holds no
/// payload.
///
/// @param time the record's own timestamp
/// @param sizeBytes of its value
/// @param reference where the media lie, when the record is a claim check
/// @param redriveOf id of the dead letter for which the record was sent again
public record RefusedRecord(
    Instant time, int sizeBytes, Optional<Media.Reference> reference, Optional<String> redriveOf) {

  /// Longer than any letter's id.
  private static final int MAX_ID = 512;

  /// Of a record of which nothing but itself is known.
  public static RefusedRecord of(ConsumerRecord<byte[], byte[]> record) {
    Header redriven = record.headers().lastHeader("ce_" + ChunkEnvelope.REDRIVEN);
    return new RefusedRecord(
        Instant.ofEpochMilli(Math.max(0, record.timestamp())),
        record.value() == null ? 0 : record.value().length,
        Optional.empty(),
        redriven == null || redriven.value() == null || redriven.value().length > MAX_ID
            ? Optional.empty()
            : Optional.of(new String(redriven.value(), StandardCharsets.UTF_8)));
  }

  /// Of a record that was read as `input`.
  public static RefusedRecord of(ConsumerRecord<byte[], byte[]> record, StreamInput input) {
    RefusedRecord bare = of(record);
    return input instanceof Chunk chunk && chunk.media() instanceof Media.Reference reference
        ? new RefusedRecord(bare.time, bare.sizeBytes, Optional.of(reference), bare.redriveOf)
        : bare;
  }
}
