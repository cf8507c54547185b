package io.chronoscope.decode;

import io.chronoscope.domain.AddressRedaction;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/// FFmpeg as a library: loading, logging, error codes, options and time conversion.
public final class Ffmpeg {

  private static final Logger LOG = System.getLogger("io.chronoscope.decode.ffmpeg");

  // Referenced so that it is not collected while the library may call it.
  private static @Nullable LogCallback callback;

  static {
    // Most of the process's memory is the model's. JavaCPP must not refuse to allocate because of
    // it.
    if (System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes") == null) {
      System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    }
    callback = new Lines();
    avutil.setLogCallback(callback);
    avutil.av_log_set_level(avutil.AV_LOG_INFO);
  }

  private Ffmpeg() {}

  /// Loads the library. Later calls do nothing.
  public static void load() {}

  /// The folder into which FFmpeg's libraries are unpacked.
  public static Path libraryDirectory() {
    try {
      return Loader.getCacheDir().toPath();
    } catch (IOException e) {
      throw new UncheckedIOException("FFmpeg's libraries cannot be unpacked", e);
    }
  }

  /// A class of each jar that FFmpeg consists of; the jars with native parts lie beside them.
  public static List<Class<?>> libraryClasses() {
    return List.of(Loader.class, avutil.class);
  }

  /// Errors go to the decoder that is at work, and all lines to the debug log.
  private static final class Lines extends LogCallback {

    /// Logged as information only.
    private static final String CONCEALING = "] concealing ";

    @Override
    public void call(int level, BytePointer line) {
      String text = line.getString(StandardCharsets.UTF_8).strip();
      // It may contain addresses with credentials.
      LOG.log(Level.DEBUG, () -> AddressRedaction.of(text));
      if (level <= avutil.AV_LOG_ERROR || text.contains(CONCEALING)) {
        DecoderLog.add(text);
      }
    }
  }

  /// FFmpeg's own message for an error code.
  static String describe(int error) {
    byte[] text = new byte[avutil.AV_ERROR_MAX_STRING_SIZE];
    avutil.av_strerror(error, text, text.length);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8);
  }

  /// Checks the result of a call that fails only without memory or by a bug in this package.
  ///
  /// @throws IllegalStateException when `result` is an error code
  public static int check(int result, String what) {
    if (result < 0) {
      throw new IllegalStateException(what + ": " + describe(result));
    }
    return result;
  }

  /// Checks the result of a call that may fail for any reason, but not for lack of memory: frames
  /// that found no memory are not damaged.
  ///
  /// @throws UnreadableMediaException OVER_BUDGET when `result` says that memory is exhausted
  static void requireMemory(int result) throws UnreadableMediaException {
    if (result == avutil.AVERROR_ENOMEM()) {
      throw new UnreadableMediaException(
          Reason.OVER_BUDGET, "the decoder got no more memory for its pictures");
    }
  }

  public static void option(AVDictionary options, String key, String value) {
    check(avutil.av_dict_set(options, key, value, 0), "option " + key);
  }

  /// Converts ticks of a time base to microseconds.
  static long micros(long ticks, AVRational timeBase) {
    return avutil.av_rescale(ticks, 1_000_000L * timeBase.num(), timeBase.den());
  }

  /// Converts microseconds to ticks of a time base.
  static long ticks(long micros, AVRational timeBase) {
    return avutil.av_rescale(micros, timeBase.den(), 1_000_000L * timeBase.num());
  }

  /// A packet's bytes, valid as long as the packet.
  static ByteBuffer bytes(AVPacket packet) {
    return packet.size() == 0
        ? ByteBuffer.allocate(0)
        : packet.data().capacity(packet.size()).asByteBuffer();
  }

  /// Whether a decoder marked a frame as damaged.
  static boolean isDamaged(AVFrame frame) {
    return frame.decode_error_flags() != 0 || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0;
  }

  /// A packet with more bytes in front, else the same.
  ///
  /// @param packet not consumed
  /// @return owned by the caller
  static AVPacket prefixed(AVPacket packet, byte[] prefix) {
    AVPacket longer = avcodec.av_packet_alloc();
    check(avcodec.av_new_packet(longer, prefix.length + packet.size()), "a packet");
    ByteBuffer target = bytes(longer);
    target.put(prefix).put(bytes(packet));
    check(avcodec.av_packet_copy_props(longer, packet), "a packet's properties");
    return longer;
  }

  /// Closes a muxer's file, if it is open, and frees the muxer.
  static void closeOutput(AVFormatContext context) {
    AVIOContext output = context.pb();
    if (output != null && !output.isNull()) {
      avformat.avio_closep(output);
    }
    avformat.avformat_free_context(context);
  }
}
