package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.VideoCodec;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecHWConfig;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// A device with a video decoder, opened through FFmpeg and shared by any number of decoders. They
/// keep references of their own, so that it may be closed before them. Thread-safe.
///
/// No machine with such a device was at hand: only that it is refused where it is missing was ever
/// run.
public final class HardwareDevice implements AutoCloseable {

  private static final Logger LOG = System.getLogger(HardwareDevice.class.getName());
  private static final Path RENDER_NODES = Path.of("/dev/dri");

  private enum Kind {
    CUDA("NVDEC through CUDA", avutil.AV_HWDEVICE_TYPE_CUDA),
    VAAPI("VA-API", avutil.AV_HWDEVICE_TYPE_VAAPI);

    private final String words;
    private final int type;

    Kind(String words, int type) {
      this.words = words;
      this.type = type;
    }
  }

  private final Kind kind;
  private final AVBufferRef context;

  private HardwareDevice(Kind kind, AVBufferRef context) {
    this.kind = kind;
    this.context = context;
  }

  /// Opens the wanted device.
  ///
  /// @return owned by the caller; empty when the CPU is to decode
  /// @throws HardwareUnavailableException when a device is asked for by name and cannot be opened
  public static Optional<HardwareDevice> open(HardwareDecoding wanted)
      throws HardwareUnavailableException {
    return switch (wanted) {
      case NONE -> Optional.empty();
      case CUDA -> Optional.of(open(Kind.CUDA));
      case VAAPI -> Optional.of(open(Kind.VAAPI));
      case AUTO -> openAny();
    };
  }

  private static Optional<HardwareDevice> openAny() {
    List<String> missing = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      try {
        return Optional.of(open(kind));
      } catch (HardwareUnavailableException e) {
        missing.add(e.getMessage());
      }
    }
    LOG.log(Level.INFO, "the CPU decodes video: {0}", String.join("; ", missing));
    return Optional.empty();
  }

  private static HardwareDevice open(Kind kind) throws HardwareUnavailableException {
    Ffmpeg.load();
    AVBufferRef context = new AVBufferRef();
    try (DecoderLog log = DecoderLog.open(1)) {
      int result =
          avutil.av_hwdevice_ctx_create(context, kind.type, (String) null, (AVDictionary) null, 0);
      if (result < 0) {
        throw new HardwareUnavailableException(
            "%s cannot be opened: %s"
                .formatted(
                    kind.words,
                    log.takeError()
                        .map(HardwareDevice::withoutAddress)
                        .or(() -> missing(kind))
                        .orElse(Ffmpeg.describe(result))));
      }
    }
    LOG.log(Level.INFO, "video is decoded by {0} where it knows the codec", kind.words);
    return new HardwareDevice(kind, context);
  }

  /// A line of FFmpeg's log without the object that it begins with, such as `[CUDA @ 0x7f01] `.
  private static String withoutAddress(String line) {
    return line.replaceFirst("^\\[[^]]* @ 0x[0-9a-f]+] ", "");
  }

  /// What FFmpeg does not say itself.
  private static Optional<String> missing(Kind kind) {
    return switch (kind) {
      case CUDA -> Optional.empty();
      case VAAPI ->
          hasRenderNode()
              ? Optional.of("no driver for a render node in " + RENDER_NODES)
              : Optional.of("there is no render node (" + RENDER_NODES + "/renderD*)");
    };
  }

  private static boolean hasRenderNode() {
    try (DirectoryStream<Path> nodes = Files.newDirectoryStream(RENDER_NODES, "renderD*")) {
      return nodes.iterator().hasNext();
    } catch (IOException e) {
      return false;
    }
  }

  /// FFmpeg's decoder that drives this device for a codec; empty when there is none. Whether the
  /// device takes a stream's profile and size, the first packet shows.
  Optional<AVCodec> decoder(VideoCodec codec) {
    AVCodec decoder = avcodec.avcodec_find_decoder_by_name(codec.hardwareDecoder());
    for (int i = 0; ; i++) {
      AVCodecHWConfig config = avcodec.avcodec_get_hw_config(decoder, i);
      if (config == null || config.isNull()) {
        return Optional.empty();
      }
      if (config.device_type() == kind.type
          && (config.methods() & avcodec.AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0) {
        return Optional.of(decoder);
      }
    }
  }

  /// Makes a decoder use this device. To be called before it is opened.
  void attachTo(AVCodecContext decoder) {
    decoder.hw_device_ctx(avutil.av_buffer_ref(context));
  }

  @Override
  public void close() {
    avutil.av_buffer_unref(context);
  }
}
