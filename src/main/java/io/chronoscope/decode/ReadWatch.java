package io.chronoscope.decode;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/// Ends FFmpeg's blocking calls: when the video has not advanced for too long, or on request.
/// FFmpeg asks it while it waits for the network. JavaCPP has room for ten callbacks only, so all
/// watches share one and are distinguished by their opaque pointer.
final class ReadWatch implements AutoCloseable {

  private static final Map<Long, ReadWatch> OPEN = new ConcurrentHashMap<>();
  private static final Ask ASK = new Ask();

  private final long timeoutNanos;
  private final LongPointer key = new LongPointer(1);
  private volatile long advancedNanos = System.nanoTime();
  private volatile boolean canceled;

  ReadWatch(Duration timeout) {
    this.timeoutNanos = timeout.toNanos();
    OPEN.put(key.address(), this);
  }

  /// Makes a context ask this watch.
  void guard(AVFormatContext context) {
    AVIOInterruptCB callback = context.interrupt_callback();
    callback.callback(ASK);
    callback.opaque(key);
  }

  /// The video has advanced.
  void advanced() {
    advancedNanos = System.nanoTime();
  }

  void cancel() {
    canceled = true;
  }

  boolean isCanceled() {
    return canceled;
  }

  boolean isExpired() {
    return System.nanoTime() - advancedNanos > timeoutNanos;
  }

  /// Close the context that asks it first.
  @Override
  public void close() {
    OPEN.remove(key.address());
    key.close();
  }

  private static final class Ask extends AVIOInterruptCB.Callback_Pointer {
    @Override
    public int call(Pointer opaque) {
      ReadWatch watch = OPEN.get(opaque.address());
      return watch == null || watch.canceled || watch.isExpired() ? 1 : 0;
    }
  }
}
