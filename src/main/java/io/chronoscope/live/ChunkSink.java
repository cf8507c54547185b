package io.chronoscope.live;

import io.chronoscope.domain.ChunkOrigin;
import java.io.IOException;
import java.util.Optional;

/// Where the chunks of live sources go. Thread-safe.
public interface ChunkSink {

  /// How far a stream is there already, for sinks that know. A source that is read continues after
  /// it.
  ///
  /// @throws IOException when that cannot be found out at present
  default Optional<SourceProgress> progress(String stream) throws IOException {
    return Optional.empty();
  }

  /// Sends a chunk and waits until it is durable.
  ///
  /// @return where it is
  /// @throws IOException when it could not be sent, and might be later
  /// @throws RefusedChunkException when it never will be
  /// @throws InterruptedException when the sender is stopped
  ChunkOrigin send(SpooledChunk chunk)
      throws IOException, RefusedChunkException, InterruptedException;

  /// Announces that a stream has ended.
  void end(String stream) throws IOException, InterruptedException;
}
