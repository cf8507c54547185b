package io.chronoscope.decode;

import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/// FFmpeg's view of a [ByteFeed].
final class FeedInput extends CallbackInput {

  private static final int BUFFER_BYTES = 32 * 1024;

  /// Five transport packets of the largest kind: enough to recognize a container.
  private static final int FIRST_BYTES = 5 * 204;

  private final ByteFeed feed;
  private final ReadWatch watch;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private byte[] first = {};
  private int firstRead;
  private @Nullable Exception failure;

  FeedInput(ByteFeed feed, ReadWatch watch) {
    super(BUFFER_BYTES, Access.SEQUENTIAL);
    this.feed = feed;
    this.watch = watch;
  }

  /// Recognizes the container by the feed's first bytes.
  ContainerFormat sniff() throws IOException, UnreadableMediaException {
    byte[] bytes = new byte[FIRST_BYTES];
    int filled = 0;
    while (filled < bytes.length) {
      int n = feed.read(buffer, Math.min(buffer.length, bytes.length - filled));
      if (n < 0) {
        break;
      }
      System.arraycopy(buffer, 0, bytes, filled, n);
      filled += n;
    }
    first = Arrays.copyOf(bytes, filled);
    return ContainerFormat.sniff(MemorySegment.ofArray(first)).container();
  }

  /// @throws IOException the feed's own failure, if that is why FFmpeg could not read on
  void throwFailure() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case Exception e -> throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  int read(BytePointer target, int size) {
    if (watch.isCanceled() || watch.isExpired()) {
      return avutil.AVERROR_EXIT;
    }
    try {
      int n = readInto(Math.min(size, buffer.length));
      if (n < 0) {
        return avutil.AVERROR_EOF;
      }
      copy(MemorySegment.ofArray(buffer).asSlice(0, n), target);
      return n;
    } catch (IOException | RuntimeException e) {
      failure = e;
      return avutil.AVERROR_EXTERNAL;
    }
  }

  private int readInto(int size) throws IOException {
    if (firstRead < first.length) {
      int n = Math.min(size, first.length - firstRead);
      System.arraycopy(first, firstRead, buffer, 0, n);
      firstRead += n;
      return n;
    }
    return feed.read(buffer, size);
  }

  /// Frees the context, and closes the feed. Close the format context that reads from it first.
  @Override
  public void close() {
    super.close();
    feed.close();
  }
}
