package io.chronoscope.decode;

import io.chronoscope.domain.SourceClock;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// Endless bytes of a live source, in a container that can be read without seeking: MPEG-TS,
/// fragmented MP4 or Matroska. Read by one thread; closed by any.
public interface ByteFeed extends AutoCloseable {

  /// Reads at least one byte; blocks until there is one.
  ///
  /// @return how many were read, or -1 at the end
  /// @throws IOException when the source fails, or sends nothing for too long; says what happened
  int read(byte[] target, int length) throws IOException;

  /// The last time stated for a position at or before this one, for feeds that know absolute times.
  default Optional<Mark> markAt(long position) {
    return Optional.empty();
  }

  /// Ends a blocked [#read].
  @Override
  void close();

  /// The absolute time of the first frame from a position on.
  ///
  /// @param position in the bytes of the feed
  record Mark(long position, Instant time, SourceClock clock) {}
}
