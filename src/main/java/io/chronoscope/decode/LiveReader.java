package io.chronoscope.decode;

import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.util.function.Consumer;

/// One connection to a live source: reads its video and cuts it into segments. For use by one
/// thread, except for [#cancel()].
public interface LiveReader extends AutoCloseable {

  /// Reads until the source ends or this reader is canceled. What was read before a failure is
  /// delivered as well.
  ///
  /// @param sink receives the segments in order, on this thread
  /// @throws SourceRefusedException when the source wants other credentials
  /// @throws IOException when the source fails or is frozen; says what happened, without secrets
  /// @throws UnreadableMediaException when its video cannot be cut
  void read(Consumer<LiveSegment> sink) throws IOException, UnreadableMediaException;

  /// Ends [#read] soon. Callable from any thread.
  void cancel();

  @Override
  void close();
}
