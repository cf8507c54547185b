package io.chronoscope.claimcheck;

import io.chronoscope.decode.UnreadableMediaException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.OptionalLong;

/// One kind of place where media lie.
interface MediaSource extends AutoCloseable {

  /// An object that is being read.
  ///
  /// @param sizeBytes as the place states it
  /// @param abandon lets go without reading the rest
  record Opened(InputStream bytes, OptionalLong sizeBytes, Runnable abandon) {}

  /// @throws UnreadableMediaException when it may not be read, or is not there
  /// @throws IOException when the place cannot be reached; another attempt may succeed
  Opened open(URI uri) throws UnreadableMediaException, IOException;

  @Override
  default void close() {}
}
