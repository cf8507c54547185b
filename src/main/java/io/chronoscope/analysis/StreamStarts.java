package io.chronoscope.analysis;

import io.chronoscope.domain.ChunkOrigin;
import java.time.Instant;
import java.util.Optional;

/// When streams began, from which their windows and their sampling times are counted.
@FunctionalInterface
public interface StreamStarts {

  StreamStarts UNKNOWN = (stream, chunk) -> Optional.empty();

  /// @param chunk one of the stream's chunks
  /// @return empty when it is not known
  Optional<Instant> of(String stream, ChunkOrigin chunk);
}
