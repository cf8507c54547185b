package io.chronoscope.analysis;

import io.chronoscope.domain.ChunkOrigin;
import java.time.Instant;
import java.util.Optional;

/// Looks up when streams started, the origin of their windows and sampling grids.
@FunctionalInterface
public interface StreamStarts {

  StreamStarts UNKNOWN = (stream, chunk) -> Optional.empty();

  /// @param chunk origin of one of the stream's chunks
  /// @return empty when the start is not known
  Optional<Instant> of(String stream, ChunkOrigin chunk);
}
