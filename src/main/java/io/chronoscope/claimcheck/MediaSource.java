package io.chronoscope.claimcheck;

import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.OptionalLong;

/// One kind of source that media are fetched from, by the scheme of their URI.
interface MediaSource extends AutoCloseable {

  /// Media that are being read.
  ///
  /// @param bytes closed by the reader after a complete read
  /// @param sizeBytes as the source states it
  /// @param abort closes `bytes` without reading the rest
  record OpenMedia(InputStream bytes, OptionalLong sizeBytes, Runnable abort) {}

  /// Opens the media behind a reference.
  ///
  /// @throws UnreadableMediaException REFERENCE_FORBIDDEN or REFERENCE_MISSING
  /// @throws IOException when the source cannot be reached; a retry may succeed
  OpenMedia open(URI uri) throws UnreadableMediaException, IOException;

  @Override
  default void close() {}
}
