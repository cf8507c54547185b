package io.chronoscope.checkpoint;

/// How pixels are prepared for the encoder.
///
/// @param image bounds for a still image
/// @param videoFrame bounds for each frame of a video, before the cap that the number of frames
///   sets
/// @param mean red, green, blue, on a scale of 0 to 1
/// @param std red, green, blue, on a scale of 0 to 1
public record Preprocessor(
    PixelLimits image, PixelLimits videoFrame, ChannelValues mean, ChannelValues std) {

  /// One number for each colour channel.
  public record ChannelValues(float red, float green, float blue) {

    public float[] toArray() {
      return new float[] {red, green, blue};
    }
  }
}
