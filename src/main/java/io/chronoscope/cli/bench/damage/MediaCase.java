package io.chronoscope.cli.bench.damage;

import io.chronoscope.decode.ClipVariants;
import io.chronoscope.decode.ClipVariants.Container;
import io.chronoscope.decode.ClipVariants.Encoding;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One codec in one container, as a clip of two seconds: 25 frames of 480×360.
///
/// H.264 and HEVC are clips of x264 and x265, as cameras' encoders are like them and the bundled
/// FFmpeg has neither. The others are encoded from the H.264 clip.
///
/// @param codec as users name it
/// @param container as users name it
record MediaCase(String codec, String container) {

  private static final Map<String, Container> CONTAINERS =
      Map.of(
          "mp4", new Container("mp4", ""),
          "fmp4", new Container("mp4", "frag_keyframe+delay_moov+default_base_moof"),
          "ts", new Container("mpegts", ""),
          "mkv", new Container("matroska", ""),
          "webm", new Container("webm", ""));

  private static final Map<String, String> REAL_TIME =
      Map.of("cpu-used", "8", "deadline", "realtime", "lag-in-frames", "0");

  /// Those that are legal and that the bundled FFmpeg writes.
  static List<MediaCase> all() {
    List<MediaCase> cases = new ArrayList<>();
    add(cases, "h264", "mp4", "fmp4", "ts", "mkv");
    add(cases, "openh264", "mp4", "ts");
    add(cases, "hevc", "mp4", "fmp4", "ts", "mkv");
    add(cases, "av1", "mp4", "fmp4", "mkv", "webm");
    add(cases, "vp8", "mkv", "webm");
    add(cases, "vp9", "mp4", "fmp4", "mkv", "webm");
    add(cases, "mpeg2", "mp4", "ts", "mkv");
    add(cases, "mpeg4", "mp4", "fmp4", "ts", "mkv");
    add(cases, "mjpeg", "mp4", "mkv");
    return List.copyOf(cases);
  }

  private static void add(List<MediaCase> cases, String codec, String... containers) {
    for (String container : containers) {
      cases.add(new MediaCase(codec, container));
    }
  }

  /// @throws UnreadableMediaException when the program's own clip cannot be read
  byte[] media() throws UnreadableMediaException {
    Container target = Objects.requireNonNull(CONTAINERS.get(container));
    return switch (codec) {
      case "h264", "hevc" -> clip(codec).in(target);
      case "openh264" -> encoded(target, new Encoding("libopenh264", 12, 0, Map.of()));
      case "av1" ->
          encoded(
              target,
              new Encoding(
                  "libaom-av1",
                  250,
                  0,
                  Map.of("cpu-used", "8", "usage", "realtime", "lag-in-frames", "0")));
      case "vp8" -> encoded(target, new Encoding("libvpx", 250, 0, REAL_TIME));
      case "vp9" -> encoded(target, new Encoding("libvpx-vp9", 250, 0, REAL_TIME));
      case "mpeg2" -> encoded(target, new Encoding("mpeg2video", 12, 2, Map.of()));
      case "mpeg4" -> encoded(target, new Encoding("mpeg4", 12, 0, Map.of()));
      case "mjpeg" -> encoded(target, new Encoding("mjpeg", 1, 0, Map.of()));
      default -> throw new IllegalStateException("no clip for " + codec);
    };
  }

  private static byte[] encoded(Container target, Encoding encoding)
      throws UnreadableMediaException {
    return clip("h264").in(target, encoding);
  }

  private static ClipVariants clip(String codec) {
    try (InputStream file =
        Objects.requireNonNull(MediaCase.class.getResourceAsStream(codec + ".mp4"), codec)) {
      return new ClipVariants(ByteBuffer.wrap(file.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
