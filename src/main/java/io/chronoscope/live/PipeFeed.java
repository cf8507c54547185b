package io.chronoscope.live;

import io.chronoscope.decode.ByteFeed;
import java.io.IOException;
import java.io.InputStream;

/// The bytes of a stream, such as the standard input.
///
/// A blocked read of a pipe cannot be interrupted: [#close] takes effect with the next bytes.
final class PipeFeed implements ByteFeed {

  private final InputStream in;
  private volatile boolean closed;

  PipeFeed(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(byte[] target, int length) throws IOException {
    return closed ? -1 : in.read(target, 0, length);
  }

  @Override
  public void close() {
    closed = true;
  }
}
