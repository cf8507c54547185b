package io.chronoscope.decode;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/// FFmpeg's view of a [ByteFeed]. Like [MemoryInput] without seeking.
final class FeedInput implements AutoCloseable {

  private static final int BUFFER_BYTES = 32 * 1024;

  /// Five transport packets of the largest kind: enough to recognize a container.
  private static final int FIRST_BYTES = 5 * 204;

  private static final Map<Long, FeedInput> OPEN = new ConcurrentHashMap<>();
  private static final Read READ = new Read();

  private final ByteFeed feed;
  private final ReadWatch watch;
  private final LongPointer key = new LongPointer(1);
  private final AVIOContext context;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private byte[] first = {};
  private int firstRead;
  private @Nullable Exception failure;

  FeedInput(ByteFeed feed, ReadWatch watch) {
    this.feed = feed;
    this.watch = watch;
    OPEN.put(key.address(), this);
    this.context =
        avformat.avio_alloc_context(
            new BytePointer(avutil.av_malloc(BUFFER_BYTES)),
            BUFFER_BYTES,
            0,
            key,
            READ,
            (Write_packet_Pointer_BytePointer_int) null,
            (Seek_Pointer_long_int) null);
    context.seekable(0);
  }

  AVIOContext context() {
    return context;
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

  private int read(BytePointer target, int size) {
    if (watch.isCanceled() || watch.isExpired()) {
      return avutil.AVERROR_EXIT;
    }
    try {
      int n = readInto(Math.min(size, buffer.length));
      if (n < 0) {
        return avutil.AVERROR_EOF;
      }
      MemorySegment.ofBuffer(target.limit(n).asByteBuffer())
          .copyFrom(MemorySegment.ofArray(buffer).asSlice(0, n));
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

  /// Frees the context. Close the format context that reads from it first.
  @Override
  public void close() {
    // FFmpeg may have replaced the buffer it was given.
    avutil.av_free(context.buffer());
    avformat.avio_context_free(context);
    OPEN.remove(key.address());
    key.close();
    feed.close();
  }

  private static final class Read extends Read_packet_Pointer_BytePointer_int {
    @Override
    public int call(Pointer opaque, BytePointer buffer, int size) {
      try {
        FeedInput input = OPEN.get(opaque.address());
        return input == null ? avutil.AVERROR_EXTERNAL : input.read(buffer, size);
      } catch (RuntimeException | Error e) {
        return avutil.AVERROR_EXTERNAL; // an exception must not unwind native frames
      }
    }
  }
}
