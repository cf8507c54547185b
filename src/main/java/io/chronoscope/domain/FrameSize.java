package io.chronoscope.domain;

/// The size of a frame in pixels.
public record FrameSize(int widthPx, int heightPx) {

  public FrameSize {
    if (widthPx <= 0 || heightPx <= 0) {
      throw new IllegalArgumentException("frame of " + widthPx + "x" + heightPx + " pixels");
    }
  }

  public long pixels() {
    return (long) widthPx * heightPx;
  }
}
