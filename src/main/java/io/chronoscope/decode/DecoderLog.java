package io.chronoscope.decode;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What FFmpeg logs as an error while one thread decodes. Most decoders conceal damage and return a
/// frame that looks whole; their log is where they say so.
///
/// Bound to the thread that creates it until it is closed. Errors of FFmpeg's own threads go to
/// every log that was opened for several threads: each of them may be meant.
final class DecoderLog implements AutoCloseable {

  /// Errors that are no damage to the pictures: supplemental information, a decoder that adapts to
  /// what it finds, or a unit of H.264 that is left out. If that was a slice, the decoder conceals
  /// what it lacks, or has no picture, and says so, too.
  private static final List<String> HARMLESS =
      List.of(
          "SEI",
          "VPS",
          "Increasing reorder buffer",
          "mmco: unref short failure",
          "co located",
          "A non-intra slice in an IDR NAL unit",
          "decode_slice_header error");

  private static final ThreadLocal<@Nullable DecoderLog> CURRENT = new ThreadLocal<>();
  private static final Set<DecoderLog> OF_SEVERAL_THREADS = ConcurrentHashMap.newKeySet();

  private volatile @Nullable String first;

  private DecoderLog() {}

  /// @param threads decoding threads
  static DecoderLog open(int threads) {
    DecoderLog log = new DecoderLog();
    CURRENT.set(log);
    if (threads > 1) {
      OF_SEVERAL_THREADS.add(log);
    }
    return log;
  }

  /// Called by FFmpeg with each line at error level, on whatever thread logs it.
  static void add(String line) {
    if (HARMLESS.stream().anyMatch(line::contains)) {
      return;
    }
    DecoderLog log = CURRENT.get();
    if (log != null) {
      log.note(line);
    } else {
      OF_SEVERAL_THREADS.forEach(one -> one.note(line));
    }
  }

  private void note(String line) {
    if (first == null) {
      first = line;
    }
  }

  /// The first error since the last call.
  Optional<String> takeError() {
    Optional<String> error = Optional.ofNullable(first);
    first = null;
    return error;
  }

  @Override
  public void close() {
    OF_SEVERAL_THREADS.remove(this);
    CURRENT.remove();
  }
}
