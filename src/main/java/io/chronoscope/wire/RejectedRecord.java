package io.chronoscope.wire;

import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Media;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/// What a dead letter says about the rejected record, besides its position and the reason. Holds no
/// payload.
///
/// @param recordTime the record's own timestamp
/// @param sizeBytes size of its value
/// @param reference where the media are stored, when the record is a claim check
/// @param redriveOf id of the dead letter for which the record was redriven
public record RejectedRecord(
    Instant recordTime,
    int sizeBytes,
    Optional<Media.Reference> reference,
    Optional<String> redriveOf) {

  /// Longer than any id of a dead letter.
  private static final int MAX_ID = 512;

  /// From the raw record alone.
  public static RejectedRecord of(ConsumerRecord<byte[], byte[]> record) {
    Header redriven = record.headers().lastHeader("ce_" + ChunkHeaders.REDRIVEN);
    return new RejectedRecord(
        Instant.ofEpochMilli(Math.max(0, record.timestamp())),
        record.value() == null ? 0 : record.value().length,
        Optional.empty(),
        redriven == null || redriven.value() == null || redriven.value().length > MAX_ID
            ? Optional.empty()
            : Optional.of(new String(redriven.value(), StandardCharsets.UTF_8)));
  }

  /// From the raw record and what was read from it.
  public static RejectedRecord of(ConsumerRecord<byte[], byte[]> record, StreamInput input) {
    RejectedRecord bare = of(record);
    return input instanceof Chunk chunk && chunk.media() instanceof Media.Reference reference
        ? new RejectedRecord(
            bare.recordTime, bare.sizeBytes, Optional.of(reference), bare.redriveOf)
        : bare;
  }
}
