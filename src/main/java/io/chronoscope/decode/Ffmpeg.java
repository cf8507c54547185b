package io.chronoscope.decode;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/// The native library as a whole: loading, its log, error codes, times.
public final class Ffmpeg {

  private static final Logger LOG = System.getLogger("io.chronoscope.decode.ffmpeg");

  // kept from the collector for as long as the library may call it
  private static @Nullable LogCallback callback;

  static {
    // The process's memory is mostly the model's; JavaCPP must not refuse to allocate because of
    // it.
    if (System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes") == null) {
      System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    }
    if (LOG.isLoggable(Level.DEBUG)) {
      callback = new ToLogger();
      avutil.setLogCallback(callback);
      avutil.av_log_set_level(avutil.AV_LOG_WARNING);
    } else {
      avutil.av_log_set_level(avutil.AV_LOG_QUIET);
    }
  }

  private Ffmpeg() {}

  /// Loads the library, once.
  public static void load() {}

  private static final class ToLogger extends LogCallback {
    @Override
    public void call(int level, BytePointer line) {
      LOG.log(Level.DEBUG, () -> line.getString(StandardCharsets.UTF_8).strip());
    }
  }

  /// The library's own words for an error code.
  static String describe(int error) {
    byte[] text = new byte[avutil.AV_ERROR_MAX_STRING_SIZE];
    avutil.av_strerror(error, text, text.length);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8);
  }

  /// For calls that fail only when memory does, or when this package is wrong.
  public static int check(int result, String what) {
    if (result < 0) {
      throw new IllegalStateException(what + ": " + describe(result));
    }
    return result;
  }

  public static void option(AVDictionary options, String key, String value) {
    check(avutil.av_dict_set(options, key, value, 0), "option " + key);
  }

  static long micros(long ticks, AVRational timeBase) {
    return avutil.av_rescale(ticks, 1_000_000L * timeBase.num(), timeBase.den());
  }
}
