package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/// FFmpeg's view of bytes in memory or in a mapped file.
final class MemoryInput extends CallbackInput {

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int SEEK_FORCE = 0x20000;

  private final MemorySegment bytes;
  private long position;

  MemoryInput(MemorySegment bytes) {
    super(BUFFER_BYTES, Access.SEEKABLE);
    this.bytes = bytes;
  }

  @Override
  int read(BytePointer target, int size) {
    int n = (int) Math.min(size, bytes.byteSize() - position);
    if (n <= 0) {
      return avutil.AVERROR_EOF;
    }
    copy(bytes.asSlice(position, n), target);
    position += n;
    return n;
  }

  @Override
  long seek(long offset, int whence) {
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
}
