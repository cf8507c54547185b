package io.chronoscope.decode;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/// Converts decoded frames to upright RGB pictures at native resolution, with the color matrix and
/// range that the frame states. A frame that states no matrix is treated as Rec. 601, as FFmpeg's
/// own tools do. High dynamic range is mapped to the ordinary one ([ToneMapping]). Pictures whose
/// pixels are not square get their true proportions.
///
/// Reuses its scaler while size and format stay the same, and what equal frames became
/// ([KnownPictures]); not thread-safe.
final class PictureConverter implements AutoCloseable {

  private static final int FLAGS =
      swscale.SWS_BICUBIC | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INT;
  private static final int UNITY = 1 << 16;

  /// Pixels that are narrower or wider than this are taken for a mistake.
  private static final double MAX_PIXEL_ASPECT = 4;

  private final AVRational streamPixelAspect;
  private final KnownPictures known = new KnownPictures();
  private @Nullable Layout layout;
  private @Nullable SwsContext scaler;
  private @Nullable AVFrame rgb;

  /// @param streamPixelAspect width by height of a pixel as the container states it; it has
  ///   precedence over what the codec states, as in players
  PictureConverter(AVRational streamPixelAspect) {
    this.streamPixelAspect = streamPixelAspect;
  }

  private record Layout(
      FrameSize stored,
      FrameSize shown,
      int format,
      int matrix,
      boolean fullRange,
      Optional<ToneMapping> toneMapping) {}

  /// The size of a frame's picture, upright and with square pixels.
  FrameSize sizeOf(AVFrame frame) {
    FrameSize size = squarePixels(frame);
    return Orientation.of(frame).isTransposed()
        ? new FrameSize(size.heightPx(), size.widthPx())
        : size;
  }

  private FrameSize squarePixels(AVFrame frame) {
    AVRational stated =
        streamPixelAspect.num() > 0 && streamPixelAspect.den() > 0
            ? streamPixelAspect
            : frame.sample_aspect_ratio();
    double aspect = stated.num() > 0 && stated.den() > 0 ? (double) stated.num() / stated.den() : 1;
    int width = frame.width();
    int height = frame.height();
    if (aspect > MAX_PIXEL_ASPECT || aspect < 1 / MAX_PIXEL_ASPECT) {
      return new FrameSize(width, height);
    }
    boolean wide = aspect >= 1;
    double factor = wide ? aspect : 1 / aspect;
    boolean mayGrow = width * (height * factor) <= DecodeLimits.DEFAULTS.maxPixels();
    if (mayGrow) {
      return wide
          ? new FrameSize((int) Math.round(width * factor), height)
          : new FrameSize(width, (int) Math.round(height * factor));
    }
    return wide
        ? new FrameSize(width, (int) Math.max(1, Math.round(height / factor)))
        : new FrameSize((int) Math.max(1, Math.round(width / factor)), height);
  }

  /// @return a picture that the caller owns; frames with equal pixels share theirs
  Picture convert(AVFrame frame) throws UnreadableMediaException {
    Layout wanted =
        new Layout(
            new FrameSize(frame.width(), frame.height()),
            squarePixels(frame),
            frame.format(),
            matrix(frame),
            isFullRange(frame),
            ToneMapping.of(frame.color_trc()));
    if (!wanted.equals(layout)) {
      close();
      prepare(wanted);
      layout = wanted;
    }
    Orientation orientation = Orientation.of(frame);
    Optional<Picture> same = known.of(frame, orientation);
    if (same.isPresent()) {
      return same.get();
    }
    Picture picture = converted(frame, wanted, orientation);
    known.add(frame, orientation, picture);
    return picture;
  }

  private Picture converted(AVFrame frame, Layout wanted, Orientation orientation)
      throws UnreadableMediaException {
    AVFrame target = Objects.requireNonNull(rgb);
    Ffmpeg.check(
        swscale.sws_scale(
            scaler,
            frame.data(),
            frame.linesize(),
            0,
            frame.height(),
            target.data(),
            target.linesize()),
        "conversion to RGB");
    int width = wanted.shown.widthPx();
    int height = wanted.shown.heightPx();
    long rowBytes = target.linesize(0);
    MemorySegment pixels =
        MemorySegment.ofBuffer(
            new BytePointer(target.data(0)).capacity(rowBytes * height).asByteBuffer());
    if (wanted.toneMapping.isPresent()) {
      ToneMapping mapping = wanted.toneMapping.get();
      // In place: a pixel is read before its bytes are overwritten.
      for (int y = 0; y < height; y++) {
        mapping.map(pixels, y * rowBytes, pixels, y * rowBytes, width);
      }
    }
    return orientation.upright(pixels, rowBytes, width, height);
  }

  private void prepare(Layout wanted) throws UnreadableMediaException {
    int target =
        wanted.toneMapping.isPresent() ? avutil.AV_PIX_FMT_RGB48LE : avutil.AV_PIX_FMT_RGB24;
    SwsContext context =
        swscale.sws_getContext(
            wanted.stored.widthPx(),
            wanted.stored.heightPx(),
            wanted.format,
            wanted.shown.widthPx(),
            wanted.shown.heightPx(),
            target,
            FLAGS,
            (SwsFilter) null,
            (SwsFilter) null,
            (DoublePointer) null);
    if (context == null || context.isNull()) {
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CODEC,
          "frames of %dx%d in pixel format %s cannot be converted"
              .formatted(
                  wanted.stored.widthPx(), wanted.stored.heightPx(), pixelFormat(wanted.format)));
    }
    scaler = context;
    IntPointer coefficients = swscale.sws_getCoefficients(wanted.matrix);
    // Fails for RGB sources, which have no matrix.
    swscale.sws_setColorspaceDetails(
        context, coefficients, wanted.fullRange ? 1 : 0, coefficients, 1, 0, UNITY, UNITY);
    // FFmpeg pads the rows, because the converter may write past a row's end.
    AVFrame buffer = avutil.av_frame_alloc();
    rgb = buffer;
    buffer.format(target);
    buffer.width(wanted.shown.widthPx());
    buffer.height(wanted.shown.heightPx());
    Ffmpeg.check(avutil.av_frame_get_buffer(buffer, 0), "a frame buffer");
  }

  private static String pixelFormat(int format) {
    BytePointer name = avutil.av_get_pix_fmt_name(format);
    return name == null ? Integer.toString(format) : name.getString();
  }

  private static int matrix(AVFrame frame) {
    return switch (frame.colorspace()) {
      case avutil.AVCOL_SPC_BT709 -> swscale.SWS_CS_ITU709;
      case avutil.AVCOL_SPC_FCC -> swscale.SWS_CS_FCC;
      case avutil.AVCOL_SPC_SMPTE240M -> swscale.SWS_CS_SMPTE240M;
      case avutil.AVCOL_SPC_BT2020_NCL, avutil.AVCOL_SPC_BT2020_CL -> swscale.SWS_CS_BT2020;
      default -> swscale.SWS_CS_ITU601;
    };
  }

  private static boolean isFullRange(AVFrame frame) {
    return switch (frame.format()) {
      case avutil.AV_PIX_FMT_YUVJ420P,
          avutil.AV_PIX_FMT_YUVJ422P,
          avutil.AV_PIX_FMT_YUVJ444P,
          avutil.AV_PIX_FMT_YUVJ440P ->
          true;
      default -> frame.color_range() == avutil.AVCOL_RANGE_JPEG;
    };
  }

  @Override
  public void close() {
    known.close();
    if (scaler != null) {
      swscale.sws_freeContext(scaler);
      scaler = null;
    }
    if (rgb != null) {
      avutil.av_frame_free(rgb);
      rgb = null;
    }
    layout = null;
  }

  /// The rotation and reflection that make a stored picture upright: the axis-aligned part of the
  /// display matrix (`x' = a x + c y`, `y' = b x + d y`; ISO/IEC 14496-12 §8.3.2), where each of a,
  /// b, c, d is -1, 0 or 1.
  record Orientation(int a, int b, int c, int d) {

    private static final Orientation AS_STORED = new Orientation(1, 0, 0, 1);

    /// Whether rows become columns.
    boolean isTransposed() {
      return a == 0;
    }

    static Orientation of(AVFrame frame) {
      AVFrameSideData data =
          avutil.av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
      if (data == null || data.isNull() || data.size() < 36) {
        return AS_STORED;
      }
      IntPointer matrix = new IntPointer(data.data());
      Orientation stated =
          new Orientation(
              Integer.signum(rounded(matrix.get(0))),
              Integer.signum(rounded(matrix.get(1))),
              Integer.signum(rounded(matrix.get(3))),
              Integer.signum(rounded(matrix.get(4))));
      boolean axisAligned = stated.a * stated.d != 0 && stated.b == 0 && stated.c == 0;
      boolean transposed = stated.b * stated.c != 0 && stated.a == 0 && stated.d == 0;
      return axisAligned || transposed ? stated : AS_STORED; // other angles are ignored
    }

    /// Drops small values of a 16.16 fixed-point number; only its sign is used, scaling is not
    /// applied.
    private static int rounded(int fixed) {
      return Math.abs(fixed) < 1 << 12 ? 0 : fixed;
    }

    Picture upright(MemorySegment rgb, long rowBytes, int width, int height) {
      boolean transposed = isTransposed();
      Picture picture =
          transposed ? Picture.allocate(height, width) : Picture.allocate(width, height);
      MemorySegment target = picture.rgb();
      if (equals(AS_STORED)) {
        for (int y = 0; y < height; y++) {
          MemorySegment.copy(rgb, y * rowBytes, target, 3L * width * y, 3L * width);
        }
        return picture;
      }
      // x = x0 + dxx x' + dxy y' and y = y0 + dyx x' + dyy y' undo the matrix
      int x0 = (transposed ? b : a) < 0 ? width - 1 : 0;
      int y0 = (transposed ? c : d) < 0 ? height - 1 : 0;
      long stepX = transposed ? c * rowBytes : 3L * a;
      long stepY = transposed ? 3L * b : d * rowBytes;
      long at = 0;
      for (int y = 0; y < picture.heightPx(); y++) {
        long from = y0 * rowBytes + 3L * x0 + y * stepY;
        for (int x = 0; x < picture.widthPx(); x++, at += 3, from += stepX) {
          for (int channel = 0; channel < 3; channel++) {
            target.set(
                ValueLayout.JAVA_BYTE,
                at + channel,
                rgb.get(ValueLayout.JAVA_BYTE, from + channel));
          }
        }
      }
      return picture;
    }
  }
}
