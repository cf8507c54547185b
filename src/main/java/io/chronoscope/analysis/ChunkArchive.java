package io.chronoscope.analysis;

import io.chronoscope.domain.StreamInput;
import java.time.Instant;
import java.util.Optional;

/// The chunks that are still there, to be read again without anybody noticing.
public interface ChunkArchive {

  /// Looks for a stream's chunks.
  ///
  /// @param from absolute; chunks that end before may be left out
  /// @param to absolute; chunks that begin well after may be left out
  /// @return empty when nothing of that stream is there
  /// @throws TooMuchToReadException when nothing was found in as much as may be read
  Optional<Stretch> open(String stream, Instant from, Instant to);

  /// One stream's records in the order in which they came. For use by one thread.
  interface Stretch extends AutoCloseable {

    /// The next chunk, or record that is none; empty at the end.
    ///
    /// @throws TooMuchToReadException when as much as may be read was read
    Optional<StreamInput> next();

    /// Whether records from before the first one were there once and are no longer kept.
    boolean earlierAreGone();

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
