package io.chronoscope.client;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ChunkEnvelope.NoStreamException;
import java.util.Map;
import java.util.Optional;

/// Reads single chunks by position. For use by one thread.
public final class RetainedMedia implements AutoCloseable {

  private final RetainedRecords records;
  private final ChunkEnvelope envelope;

  /// @param kafka client properties, at least `bootstrap.servers`
  public RetainedMedia(Map<String, Object> kafka, ChunkEnvelope envelope) {
    this.records = new RetainedRecords(kafka);
    this.envelope = envelope;
  }

  /// @return empty when the record is no longer retained, or holds no chunk
  public Optional<StreamInput.Chunk> find(ChunkOrigin origin) {
    return records
        .find(origin)
        .flatMap(record -> {
          try {
            return envelope.read(record) instanceof StreamInput.Chunk chunk
                ? Optional.of(chunk)
                : Optional.empty();
          } catch (NoStreamException e) {
            return Optional.empty();
          }
        });
  }

  @Override
  public void close() {
    records.close();
  }
}
