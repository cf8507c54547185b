package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/// FFmpeg's view of bytes in memory or in a mapped file. JavaCPP has room for ten callbacks only,
/// so all inputs share one pair of callbacks and are distinguished by their opaque pointer.
final class MemoryInput implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int SEEK_FORCE = 0x20000;
  private static final Map<Long, MemoryInput> OPEN = new ConcurrentHashMap<>();
  private static final Read READ = new Read();
  private static final Seek SEEK = new Seek();

  private final MemorySegment bytes;
  private final LongPointer key;
  private final AVIOContext context;
  private long position;

  MemoryInput(MemorySegment bytes) {
    this.bytes = bytes;
    this.key = new LongPointer(1);
    OPEN.put(key.address(), this);
    this.context =
        avformat.avio_alloc_context(
            new BytePointer(avutil.av_malloc(BUFFER_BYTES)),
            BUFFER_BYTES,
            0,
            key,
            READ,
            null,
            SEEK);
  }

  AVIOContext context() {
    return context;
  }

  /// Frees the context. Close the format context that reads from it first.
  @Override
  public void close() {
    // FFmpeg may have replaced the buffer it was given.
    avutil.av_free(context.buffer());
    avformat.avio_context_free(context);
    OPEN.remove(key.address());
    key.close();
  }

  private int read(BytePointer target, int size) {
    int n = (int) Math.min(size, bytes.byteSize() - position);
    if (n <= 0) {
      return avutil.AVERROR_EOF;
    }
    MemorySegment.ofBuffer(target.limit(n).asByteBuffer()).copyFrom(bytes.asSlice(position, n));
    position += n;
    return n;
  }

  private long seek(long offset, int whence) {
    long target =
        switch (whence & ~SEEK_FORCE) {
          case 0 -> offset;
          case 1 -> position + offset;
          case 2 -> bytes.byteSize() + offset;
          default -> -1;
        };
    if ((whence & avformat.AVSEEK_SIZE) != 0) {
      return bytes.byteSize();
    }
    if (target < 0) {
      return avutil.AVERROR_EINVAL();
    }
    position = target;
    return target;
  }

  private static @Nullable MemoryInput of(Pointer opaque) {
    return OPEN.get(opaque.address());
  }

  private static final class Read extends Read_packet_Pointer_BytePointer_int {
    @Override
    public int call(Pointer opaque, BytePointer buffer, int size) {
      try {
        MemoryInput input = of(opaque);
        return input == null ? avutil.AVERROR_EXTERNAL : input.read(buffer, size);
      } catch (RuntimeException | Error e) {
        return avutil.AVERROR_EXTERNAL; // an exception must not unwind native frames
      }
    }
  }

  private static final class Seek extends Seek_Pointer_long_int {
    @Override
    public long call(Pointer opaque, long offset, int whence) {
      MemoryInput input = of(opaque);
      return input == null ? avutil.AVERROR_EXTERNAL : input.seek(offset, whence);
    }
  }
}
