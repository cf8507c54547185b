package io.chronoscope.decode;

import org.bytedeco.ffmpeg.global.avcodec;

/// How much of a codec's loop filter the decoder applies: the smoothing of block edges inside the
/// decoding loop of H.264, HEVC and VP8. Other decoders of [VideoCodec] ignore it.
public enum LoopFilter {
  /// All of it: the pictures are those that the encoder saw.
  FULL(avcodec.AVDISCARD_DEFAULT),
  /// None of it. Pictures have visible block edges, and as later ones are predicted from them, they
  /// drift from the encoder's until the next key frame.
  NONE(avcodec.AVDISCARD_ALL);

  private final int skipped;

  LoopFilter(int skipped) {
    this.skipped = skipped;
  }

  /// FFmpeg's `AVDiscard` of the pictures that are not filtered.
  int skipped() {
    return skipped;
  }
}
