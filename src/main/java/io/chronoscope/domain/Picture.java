package io.chronoscope.domain;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A decoded picture: RGB, 8 bits a channel, rows packed without padding, `[heightPx, widthPx, 3]`,
/// outside the Java heap. Its owner, who created it or received it, closes it; the pixels must not
/// be read after that.
public final class Picture implements AutoCloseable {

  private static final PixelMemory MEMORY = new PixelMemory();

  private final int widthPx;
  private final int heightPx;
  private final MemorySegment rgb;
  private final AtomicInteger holders;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Picture(int widthPx, int heightPx, MemorySegment rgb, AtomicInteger holders) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.rgb = rgb;
    this.holders = holders;
  }

  /// A picture of undefined content for the caller to fill. Any thread may use and close it.
  public static Picture allocate(int widthPx, int heightPx) {
    if (widthPx <= 0 || heightPx <= 0) {
      throw new IllegalArgumentException("picture of " + widthPx + "x" + heightPx + " pixels");
    }
    return new Picture(
        widthPx, heightPx, MEMORY.acquire(3L * widthPx * heightPx), new AtomicInteger(1));
  }

  /// Native memory of all pictures in use, and of those kept for the next ones.
  public static long heldBytes() {
    return MEMORY.heldBytes();
  }

  /// Another picture over the same pixels, with its own owner. The memory is released when all of
  /// them are closed.
  ///
  /// @throws IllegalStateException when this picture is closed
  public Picture share() {
    if (closed.get()) {
      throw new IllegalStateException("the picture is closed");
    }
    holders.incrementAndGet();
    return new Picture(widthPx, heightPx, rgb, holders);
  }

  /// Whether both are pictures over the same pixels ([#share()]).
  public boolean sharesPixelsWith(Picture other) {
    return holders == other.holders;
  }

  public int widthPx() {
    return widthPx;
  }

  public int heightPx() {
    return heightPx;
  }

  /// `[heightPx, widthPx, 3]` unsigned bytes; valid until [#close()], after which another picture
  /// may reuse them.
  ///
  /// @throws IllegalStateException when this picture is closed
  public MemorySegment rgb() {
    if (closed.get()) {
      throw new IllegalStateException("the picture is closed");
    }
    return rgb;
  }

  /// Whether this picture or one that shares its pixels is still open.
  public boolean isHeld() {
    return holders.get() > 0;
  }

  public FrameSize size() {
    return new FrameSize(widthPx, heightPx);
  }

  public long sizeBytes() {
    return rgb.byteSize();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true) && holders.decrementAndGet() == 0) {
      MEMORY.release(rgb);
    }
  }
}
