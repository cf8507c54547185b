package io.chronoscope.checkpoint;

/// The checkpoint's preprocessing of pixels for the encoder.
///
/// @param image bounds on a still image
/// @param videoFrame bounds on each frame of a video, before the limit set by the number of frames
/// @param mean per channel, on a scale of 0 to 1
/// @param std standard deviation per channel, on a scale of 0 to 1
public record Preprocessor(
    PixelLimits image, PixelLimits videoFrame, ChannelValues mean, ChannelValues std) {

  /// One number for each color channel.
  public record ChannelValues(float red, float green, float blue) {

    public float[] toArray() {
      return new float[] {red, green, blue};
    }
  }
}
