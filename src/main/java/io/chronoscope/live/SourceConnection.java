package io.chronoscope.live;

import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.LiveSegment;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.util.function.Consumer;

/// One connection to a source. For use by one thread, except for [#cancel()].
interface SourceConnection extends AutoCloseable {

  /// Reads until the connection ends or is canceled.
  ///
  /// @param sink receives the segments in order, on this thread
  /// @throws io.chronoscope.decode.SourceRefusedException when the source wants other credentials
  /// @throws IOException when the source fails or is frozen; says what happened, without secrets
  /// @throws UnreadableMediaException when its video cannot be cut
  void read(Consumer<LiveSegment> sink) throws IOException, UnreadableMediaException;

  /// Ends [#read] soon.
  void cancel();

  @Override
  void close();

  static SourceConnection of(LiveReader reader) {
    return of(reader, () -> {});
  }

  /// @param onCancel ends what the reader waits for
  static SourceConnection of(LiveReader reader, Runnable onCancel) {
    return new SourceConnection() {
      @Override
      public void read(Consumer<LiveSegment> sink) throws IOException, UnreadableMediaException {
        reader.read(sink);
      }

      @Override
      public void cancel() {
        reader.cancel();
        onCancel.run();
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }
}
