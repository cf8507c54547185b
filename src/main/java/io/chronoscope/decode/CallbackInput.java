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

/// FFmpeg's view of bytes that this process supplies. JavaCPP has room for ten callbacks only, so
/// all inputs share one pair of callbacks and are distinguished by their opaque pointer.
abstract sealed class CallbackInput implements AutoCloseable permits MemoryInput, FeedInput {

  private static final Map<Long, CallbackInput> OPEN = new ConcurrentHashMap<>();
  private static final Read READ = new Read();
  private static final Seek SEEK = new Seek();

  private final LongPointer key = new LongPointer(1);
  private final AVIOContext context;

  /// Whether FFmpeg may read in any order.
  enum Access {
    SEEKABLE,
    SEQUENTIAL
  }

  CallbackInput(int bufferBytes, Access access) {
    OPEN.put(key.address(), this);
    this.context =
        avformat.avio_alloc_context(
            new BytePointer(avutil.av_malloc(bufferBytes)),
            bufferBytes,
            0,
            key,
            READ,
            null,
            switch (access) {
              case SEEKABLE -> SEEK;
              case SEQUENTIAL -> null;
            });
  }

  AVIOContext context() {
    return context;
  }

  /// Reads the next bytes.
  ///
  /// @return how many, at most `size`, or FFmpeg's error code (`AVERROR_EOF` at the end)
  abstract int read(BytePointer target, int size);

  /// Moves to another position, if the input is [Access#SEEKABLE].
  ///
  /// @param whence as for `fseek`, or `AVSEEK_SIZE` to ask for the size alone
  /// @return the new position or the size, or FFmpeg's error code
  long seek(long offset, int whence) {
    return avutil.AVERROR_EINVAL();
  }

  /// Copies bytes to where FFmpeg wants them.
  static void copy(MemorySegment bytes, BytePointer target) {
    MemorySegment.ofBuffer(target.limit(bytes.byteSize()).asByteBuffer()).copyFrom(bytes);
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

  private static final class Read extends Read_packet_Pointer_BytePointer_int {
    @Override
    public int call(Pointer opaque, BytePointer buffer, int size) {
      try {
        CallbackInput input = OPEN.get(opaque.address());
        return input == null ? avutil.AVERROR_EXTERNAL : input.read(buffer, size);
      } catch (RuntimeException | Error e) {
        return avutil.AVERROR_EXTERNAL; // an exception must not unwind native frames
      }
    }
  }

  private static final class Seek extends Seek_Pointer_long_int {
    @Override
    public long call(Pointer opaque, long offset, int whence) {
      CallbackInput input = OPEN.get(opaque.address());
      return input == null ? avutil.AVERROR_EXTERNAL : input.seek(offset, whence);
    }
  }
}
