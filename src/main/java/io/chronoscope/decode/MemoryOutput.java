package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/// A muxer that writes into memory. Add streams to its [#context], then [#begin], write packets and
/// [#finish].
final class MemoryOutput implements AutoCloseable {

  private final AVFormatContext context = new AVFormatContext(null);
  private final AVIOContext output = new AVIOContext(null);

  /// @param muxer FFmpeg's name
  MemoryOutput(String muxer) {
    Ffmpeg.load();
    boolean opened = false;
    try {
      Ffmpeg.check(
          avformat.avformat_alloc_output_context2(context, null, muxer, null),
          "a container '%s' in memory".formatted(muxer));
      Ffmpeg.check(avformat.avio_open_dyn_buf(output), "a buffer for a container");
      context.pb(output);
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  AVFormatContext context() {
    return context;
  }

  /// Writes the header.
  ///
  /// @param movFlags FFmpeg's `movflags`; empty for none
  void begin(String movFlags) {
    AVDictionary options = new AVDictionary(null);
    try {
      if (!movFlags.isEmpty()) {
        Ffmpeg.option(options, "movflags", movFlags);
      }
      Ffmpeg.check(avformat.avformat_write_header(context, options), "a container's header");
    } finally {
      avutil.av_dict_free(options);
    }
  }

  /// Completes the container.
  ///
  /// @return all of its bytes
  byte[] finish() {
    return finishInPlace().toArray(ValueLayout.JAVA_BYTE);
  }

  /// Completes the container.
  ///
  /// @return all of its bytes, until this is closed
  MemorySegment finishInPlace() {
    Ffmpeg.check(avformat.av_write_trailer(context), "a container's trailer");
    try (BytePointer written = new BytePointer()) {
      int size = avformat.avio_get_dyn_buf(output, written);
      return MemorySegment.ofAddress(written.address()).reinterpret(size);
    }
  }

  @Override
  public void close() {
    if (!output.isNull()) {
      try (BytePointer rest = new BytePointer()) {
        avformat.avio_close_dyn_buf(output, rest);
        avutil.av_free(rest);
      }
    }
    avformat.avformat_free_context(context);
  }
}
