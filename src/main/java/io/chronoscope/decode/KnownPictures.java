package io.chronoscope.decode;

import io.chronoscope.domain.LatestTwo;
import io.chronoscope.domain.Picture;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/// The pictures that the last frames became, to be shared by frames with equal planes: in a still
/// scene nearly all are. Comparing ends at the first row that differs, so moving pictures cost next
/// to nothing. Not thread-safe.
///
/// Owns references to the frames and shares of the pictures until it is closed; usable again after
/// that.
final class KnownPictures implements AutoCloseable {

  /// Formats whose planes are not rows of samples.
  private static final long UNUSUAL =
      avutil.AV_PIX_FMT_FLAG_PAL
          | avutil.AV_PIX_FMT_FLAG_BITSTREAM
          | avutil.AV_PIX_FMT_FLAG_HWACCEL;

  private final LatestTwo<Known> latest = new LatestTwo<>(Known::close);

  private record Known(AVFrame frame, PictureConverter.Orientation orientation, Picture picture) {

    void close() {
      avutil.av_frame_free(frame);
      picture.close();
    }
  }

  /// @param frame of the same size and format as those added
  /// @return a picture that the caller owns
  Optional<Picture> of(AVFrame frame, PictureConverter.Orientation orientation) {
    return latest
        .find(known -> known.orientation.equals(orientation) && hasEqualPlanes(known.frame, frame))
        .map(known -> known.picture.share());
  }

  /// @param frame its data must not change any more, as those of a decoder do not
  /// @param picture what it became; stays the caller's
  void add(AVFrame frame, PictureConverter.Orientation orientation, Picture picture) {
    AVFrame reference = avutil.av_frame_clone(frame);
    if (reference == null || reference.isNull()) {
      return;
    }
    latest.add(new Known(reference, orientation, picture.share()));
  }

  private static boolean hasEqualPlanes(AVFrame one, AVFrame other) {
    int format = one.format();
    AVPixFmtDescriptor description = avutil.av_pix_fmt_desc_get(format);
    int planes = avutil.av_pix_fmt_count_planes(format);
    if (description == null || (description.flags() & UNUSUAL) != 0 || planes < 1) {
      return false;
    }
    for (int plane = 0; plane < planes; plane++) {
      boolean isChroma = plane == 1 || plane == 2;
      int rows =
          isChroma ? Math.ceilDiv(one.height(), 1 << description.log2_chroma_h()) : one.height();
      int rowBytes = avutil.av_image_get_linesize(format, one.width(), plane);
      if (rowBytes <= 0 || !hasEqualRows(one, other, plane, rows, rowBytes)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasEqualRows(
      AVFrame one, AVFrame other, int plane, int rows, int rowBytes) {
    long step = one.linesize(plane);
    long otherStep = other.linesize(plane);
    if (step < rowBytes || otherStep < rowBytes) {
      return false; // bottom up
    }
    MemorySegment pixels = pixels(one, plane, step * (rows - 1) + rowBytes);
    MemorySegment otherPixels = pixels(other, plane, otherStep * (rows - 1) + rowBytes);
    for (int row = 0; row < rows; row++) {
      long at = row * step;
      long otherAt = row * otherStep;
      if (MemorySegment.mismatch(
              pixels, at, at + rowBytes, otherPixels, otherAt, otherAt + rowBytes)
          >= 0) {
        return false;
      }
    }
    return true;
  }

  private static MemorySegment pixels(AVFrame frame, int plane, long bytes) {
    return MemorySegment.ofBuffer(
        new BytePointer(frame.data(plane)).capacity(bytes).asByteBuffer());
  }

  @Override
  public void close() {
    latest.close();
  }
}
