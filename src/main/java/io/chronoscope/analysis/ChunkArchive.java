package io.chronoscope.analysis;

import io.chronoscope.domain.StreamInput;
import java.time.Instant;
import java.util.Optional;

/// Retained chunks, for reading again without affecting live consumers.
public interface ChunkArchive {

  /// Finds a stream's chunks.
  ///
  /// @param from absolute; chunks that end earlier may be skipped
  /// @param to absolute; chunks that start well after it may be skipped
  /// @return empty when nothing of that stream is retained
  /// @throws TooMuchToReadException when the read limit was reached before anything was found
  Optional<ChunkCursor> open(String stream, Instant from, Instant to);

  /// Iterates over the records of one stream in arrival order. Used by one thread.
  interface ChunkCursor extends AutoCloseable {

    /// The next record; empty at the end.
    ///
    /// @throws TooMuchToReadException when the read limit is reached
    Optional<StreamInput> next();

    /// Whether retention has deleted records before the first one.
    boolean earlierExpired();

    @Override
    void close();
  }

  /// Reading stopped at its limit.
  final class TooMuchToReadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TooMuchToReadException(String message) {
      super(message);
    }
  }
}
