package io.chronoscope.decode;

import io.chronoscope.domain.Picture;
import java.lang.foreign.MemorySegment;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;

/// Converts pictures to frames that an encoder takes, of one size and pixel format. Reuses the
/// frame: it is valid until the next picture. Not thread-safe.
final class PictureScaler implements AutoCloseable {

  private final AVFrame source = avutil.av_frame_alloc();
  private final AVFrame target = avutil.av_frame_alloc();
  private final SwsContext scaler;

  /// @param of a picture of the size that all pictures have
  /// @param widthPx even
  /// @param heightPx even
  /// @param format FFmpeg's pixel format
  PictureScaler(Picture of, int widthPx, int heightPx, int format) {
    allocate(source, of.widthPx(), of.heightPx(), avutil.AV_PIX_FMT_RGB24);
    allocate(target, widthPx, heightPx, format);
    this.scaler =
        swscale.sws_getContext(
            of.widthPx(),
            of.heightPx(),
            avutil.AV_PIX_FMT_RGB24,
            widthPx,
            heightPx,
            format,
            swscale.SWS_AREA,
            (SwsFilter) null,
            (SwsFilter) null,
            (DoublePointer) null);
    if (scaler == null || scaler.isNull()) {
      close();
      throw new IllegalStateException(
          "no conversion from %dx%d to %dx%d"
              .formatted(of.widthPx(), of.heightPx(), widthPx, heightPx));
    }
  }

  /// The largest even size with the picture's aspect ratio within a width and a height.
  static int[] fit(Picture picture, int maxWidthPx, int maxHeightPx) {
    double scale =
        Math.min(
            1,
            Math.min(
                (double) maxWidthPx / picture.widthPx(),
                (double) maxHeightPx / picture.heightPx()));
    return new int[] {even(picture.widthPx() * scale), even(picture.heightPx() * scale)};
  }

  private static int even(double pixels) {
    return Math.max(2, (int) Math.round(pixels / 2) * 2);
  }

  private static void allocate(AVFrame frame, int widthPx, int heightPx, int format) {
    frame.width(widthPx);
    frame.height(heightPx);
    frame.format(format);
    Ffmpeg.check(avutil.av_frame_get_buffer(frame, 0), "a frame");
  }

  boolean takes(Picture picture) {
    return picture.widthPx() == source.width() && picture.heightPx() == source.height();
  }

  /// @return owned by this scaler
  AVFrame convert(Picture picture) {
    long rowBytes = source.linesize(0);
    MemorySegment rows =
        MemorySegment.ofBuffer(
            new BytePointer(source.data(0)).capacity(rowBytes * source.height()).asByteBuffer());
    long width = 3L * picture.widthPx();
    for (int y = 0; y < picture.heightPx(); y++) {
      MemorySegment.copy(picture.rgb(), y * width, rows, y * rowBytes, width);
    }
    Ffmpeg.check(avutil.av_frame_make_writable(target), "a frame");
    Ffmpeg.check(
        swscale.sws_scale(
            scaler,
            source.data(),
            source.linesize(),
            0,
            source.height(),
            target.data(),
            target.linesize()),
        "scaling a picture");
    return target;
  }

  @Override
  public void close() {
    avutil.av_frame_free(source);
    avutil.av_frame_free(target);
    if (scaler != null && !scaler.isNull()) {
      swscale.sws_freeContext(scaler);
    }
  }
}
