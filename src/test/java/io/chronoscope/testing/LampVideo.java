package io.chronoscope.testing;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/// Fake video format, and its decoder: a segment is the text `FLASH fps frames lamps…`, where each
/// lamp is a letter and a string of 0 and 1, one for each frame. In the decoded picture, the lamp's
/// row is white while it is on. A word `!from-until` drops these frames. Anything else is rejected
/// as undecodable.
public final class LampVideo implements MediaDecoder {

  public static final int LAMPS = 26;
  public static final int SIZE = 28;

  public final AtomicLong decodes = new AtomicLong();

  /// Lamps that are on in spans of seconds from the video's start, cut into chunks.
  public static final class Script {
    private final int fps;
    private final Set<String> spans = new TreeSet<>();

    public Script(int fps) {
      this.fps = fps;
    }

    public Script on(char lamp, double fromSeconds, double untilSeconds) {
      spans.add("%c %.3f %.3f".formatted(lamp, fromSeconds, untilSeconds));
      return this;
    }

    /// Shows each second's number in binary, on `last` and the lamps before it, so that no frame
    /// pair of a second is like that of another one.
    public Script counting(char last, int seconds) {
      for (int second = 1; second < seconds; second++) {
        for (int bit = 0; second >> bit > 0; bit++) {
          if ((second >> bit & 1) == 1) {
            on((char) (last - bit), second, second + 1);
          }
        }
      }
      return this;
    }

    public ByteBuffer chunk(double fromSeconds, double untilSeconds) {
      int frames = (int) Math.round((untilSeconds - fromSeconds) * fps);
      StringBuilder text = new StringBuilder("FLASH %d %d".formatted(fps, frames));
      for (int lamp = 'a'; lamp <= 'z'; lamp++) {
        BitSet on = new BitSet();
        for (String span : spans) {
          String[] parts = span.split(" ");
          if (parts[0].charAt(0) == lamp) {
            for (int i = 0; i < frames; i++) {
              double at = fromSeconds + (double) i / fps;
              if (at >= Double.parseDouble(parts[1]) && at < Double.parseDouble(parts[2])) {
                on.set(i);
              }
            }
          }
        }
        if (!on.isEmpty()) {
          text.append(' ').append((char) lamp);
          for (int i = 0; i < frames; i++) {
            text.append(on.get(i) ? '1' : '0');
          }
        }
      }
      return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  /// The segment without some of its frames: a gap, if they cover a second or more.
  public static ByteBuffer without(ByteBuffer segment, int fromFrame, int untilFrame) {
    String hole = " !%d-%d".formatted(fromFrame, untilFrame);
    return ByteBuffer.wrap(
        (StandardCharsets.UTF_8.decode(segment.duplicate()) + hole)
            .getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public MediaFacts decode(String stream, ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException {
    decodes.incrementAndGet();
    byte[] bytes = new byte[media.remaining()];
    media.duplicate().get(bytes);
    String[] words = new String(bytes, StandardCharsets.UTF_8).split(" ");
    if (!words[0].equals("FLASH")) {
      throw new UnreadableMediaException(Rejection.Reason.NOT_MEDIA, "does not begin with FLASH");
    }
    int fps = Integer.parseInt(words[1]);
    int frames = Integer.parseInt(words[2]);
    int holeFrom = frames;
    int holeUntil = frames;
    if (words[words.length - 1].startsWith("!")) {
      String[] hole = words[words.length - 1].substring(1).split("-");
      holeFrom = Integer.parseInt(hole[0]);
      holeUntil = Integer.parseInt(hole[1]);
    }
    for (int i = 0; i < frames; i++) {
      if (i >= holeFrom && i < holeUntil) {
        continue;
      }
      long from = i * 1_000_000L / fps;
      long until = (i + 1) * 1_000_000L / fps;
      if (sink.wants(from, until)) {
        sink.frame(from, until, picture(words, i));
      }
    }
    return new MediaFacts(
        "flash",
        "flash",
        SIZE,
        SIZE,
        frames * 1_000_000L / fps,
        0,
        frames,
        0,
        holeUntil - holeFrom < fps
            ? List.of()
            : List.of(
                new MediaFacts.Gap(holeFrom * 1_000_000L / fps, holeUntil * 1_000_000L / fps)),
        List.of(),
        0,
        Optional.empty());
  }

  private static Picture picture(String[] words, int frame) {
    Picture picture = Picture.allocate(SIZE, SIZE);
    MemorySegment rgb = picture.rgb();
    rgb.fill((byte) 0);
    for (int w = 3; w < words.length; w++) {
      if (words[w].charAt(0) != '!' && words[w].charAt(1 + frame) == '1') {
        rgb.asSlice((words[w].charAt(0) - 'a') * 3L * SIZE, 3L * SIZE).fill((byte) 255);
      }
    }
    return picture;
  }

  static boolean isOn(Picture picture, char lamp) {
    return (picture.rgb().get(ValueLayout.JAVA_BYTE, (lamp - 'a') * 3L * SIZE) & 0xff) > 127;
  }
}
