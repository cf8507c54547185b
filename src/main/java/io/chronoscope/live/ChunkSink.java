package io.chronoscope.live;

import io.chronoscope.domain.ChunkOrigin;
import java.io.IOException;

/// Where the chunks of live sources go. Thread-safe.
public interface ChunkSink {

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
