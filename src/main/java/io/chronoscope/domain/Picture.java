package io.chronoscope.domain;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A decoded picture: RGB, 8 bits a channel, rows packed without padding, `[heightPx, widthPx, 3]`,
/// outside the Java heap. Whoever created it, or was handed it, closes it; the pixels must not be
/// read after that.
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

  /// A picture of undefined content to be written by the caller. It may be used and closed by any
  /// thread.
  public static Picture allocate(int widthPx, int heightPx) {
    if (widthPx <= 0 || heightPx <= 0) {
      throw new IllegalArgumentException("picture of " + widthPx + "x" + heightPx + " pixels");
    }
    return new Picture(
        widthPx, heightPx, MEMORY.take(3L * widthPx * heightPx), new AtomicInteger(1));
  }

  /// Another picture over the same pixels, with an owner of its own. The memory goes when all of
  /// them are closed.
  ///
  /// @throws IllegalStateException when this one is closed
  public Picture share() {
    if (closed.get()) {
      throw new IllegalStateException("the picture is closed");
    }
    holders.incrementAndGet();
    return new Picture(widthPx, heightPx, rgb, holders);
  }

  public int widthPx() {
    return widthPx;
  }

  public int heightPx() {
    return heightPx;
  }

  /// `[heightPx, widthPx, 3]` unsigned bytes; valid until [#close()], after which they may be those
  /// of another picture.
  ///
  /// @throws IllegalStateException when it is closed
  public MemorySegment rgb() {
    if (closed.get()) {
      throw new IllegalStateException("the picture is closed");
    }
    return rgb;
  }

  /// Whether anybody still holds its pixels, this picture or one that shares them.
  public boolean isHeld() {
    return holders.get() > 0;
  }

  public long sizeBytes() {
    return rgb.byteSize();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true) && holders.decrementAndGet() == 0) {
      MEMORY.giveBack(rgb);
    }
  }
}
