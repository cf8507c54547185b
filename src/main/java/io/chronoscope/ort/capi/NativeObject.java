package io.chronoscope.ort.capi;

import java.util.concurrent.atomic.AtomicLong;

/// An object of the runtime, which is released exactly once: closing it again does nothing, and a
/// closed object cannot be used. Closing while another thread uses the object is the caller's
/// error, as it is in C.
public abstract sealed class NativeObject implements AutoCloseable
    permits OrtAllocator,
        OrtIoBinding,
        OrtMemoryInfo,
        OrtRunOptions,
        OrtSession,
        OrtSessionOptions,
        OrtValue {

  private static final AtomicLong LIVE = new AtomicLong();

  private final OrtApi api;
  private final OrtFunction release;
  private final AtomicLong address;

  NativeObject(OrtApi api, OrtFunction release, long address) {
    this.api = api;
    this.release = release;
    this.address = new AtomicLong(address);
    LIVE.incrementAndGet();
  }

  /// Number of objects of this process that are not closed, for leak checks.
  public static long live() {
    return LIVE.get();
  }

  final OrtApi api() {
    return api;
  }

  /// @throws IllegalStateException when the object is closed
  final long address() {
    long current = address.get();
    if (current == 0) {
      throw new IllegalStateException(getClass().getSimpleName() + " is closed");
    }
    return current;
  }

  public final boolean isClosed() {
    return address.get() == 0;
  }

  @Override
  public void close() {
    long current = address.getAndSet(0);
    if (current != 0) {
      LIVE.decrementAndGet();
      api.release(release, current);
    }
  }
}
