package io.chronoscope.live.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.LiveReaders;
import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.domain.SourceClock;
import io.chronoscope.testing.HlsServer;
import io.chronoscope.testing.TestMedia;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HlsFeedTest {

  private static final Instant NOW = Instant.parse("2026-05-04T12:00:00Z");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final HlsServer server = new HlsServer();
  private final HlsFeed.Cursor cursor = new HlsFeed.Cursor();
  private final List<LiveSegment> segments = new ArrayList<>();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void joinsFragmentsWithWhatTheyNeedBeforeThem() throws Exception {
    List<byte[]> parts = fragments(TestMedia.h264("mp4", 75).fragmented().bytes());
    server.put("init.mp4", parts.getFirst());
    StringBuilder playlist = new StringBuilder(head() + "#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (int i = 1; i < parts.size(); i++) {
      server.put("f%d.m4s".formatted(i), parts.get(i));
      playlist.append("#EXTINF:1,\nf%d.m4s\n".formatted(i));
    }
    server.put("index.m3u8", playlist + "#EXT-X-ENDLIST\n");

    read();

    assertThat(frames()).containsExactly(25, 25, 25);
  }

  @Test
  void decryptsWholeSegments() throws Exception {
    byte[] key = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    byte[] iv = new byte[16];
    iv[15] = 7; // the number of the segment
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
    server.put("key", key).put("a.ts", cipher.doFinal(TestMedia.h264("mpegts", 50).bytes()));
    server.put(
        "index.m3u8",
        head()
            + "#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-KEY:METHOD=AES-128,URI=\"key\"\n"
            + "#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n");

    read();

    assertThat(frames()).containsExactly(25, 25);
  }

  @Test
  void readsSegmentsThatArePartsOfOneFile() throws Exception {
    byte[] first = TestMedia.h264("mpegts", 50).bytes();
    byte[] second = TestMedia.h264("mpegts", 50).startingAt(50).bytes();
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    server.put("all.ts", both);
    server.put(
        "index.m3u8",
        head()
            + "#EXTINF:2,\n#EXT-X-BYTERANGE:%d@0\nall.ts\n".formatted(first.length)
            + "#EXTINF:2,\n#EXT-X-BYTERANGE:%d\nall.ts\n#EXT-X-ENDLIST\n".formatted(second.length));

    read();

    assertThat(frames()).containsExactly(25, 25, 25, 25);
    assertThat(cursor.isEnded()).isTrue();
  }

  @Test
  void endsBeforeADiscontinuityAndTheNextFeedContinues() throws Exception {
    server.put("a.ts", TestMedia.h264("mpegts", 50).bytes());
    server.put("b.ts", TestMedia.h264("mpegts", 25).size(128, 96).bytes());
    server.put(
        "index.m3u8",
        head() + "#EXTINF:2,\na.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:1,\nb.ts\n#EXT-X-ENDLIST\n");

    read();
    assertThat(frames()).containsExactly(25, 25);
    assertThat(cursor.isEnded()).isFalse();
    read();

    assertThat(frames()).containsExactly(25, 25, 25);
    assertThat(cursor.isEnded()).isTrue();
  }

  @Test
  void withoutAStatedTimeTheLastSegmentEndsWhenItIsListed() throws Exception {
    server.put("a.ts", TestMedia.h264("mpegts", 50).bytes());
    server.put("b.ts", TestMedia.h264("mpegts", 50).startingAt(50).bytes());
    server.put("index.m3u8", head() + "#EXTINF:2,\na.ts\n#EXTINF:2,\nb.ts\n#EXT-X-ENDLIST\n");

    read();

    LiveSegment first = segments.getFirst();
    assertThat(first.stated().orElseThrow().clock()).isEqualTo(SourceClock.ARRIVAL);
    assertThat(
            Instant.EPOCH.plus(
                first.ptsMicros() + first.stated().orElseThrow().offsetMicros(), ChronoUnit.MICROS))
        .isEqualTo(NOW.minusSeconds(4));
  }

  @Test
  void saysThatAPlaylistNoLongerChanges() throws Exception {
    server.put("a.ts", TestMedia.h264("mpegts", 50).bytes());
    server.put("index.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the playlist has not changed for 3 s");
    assertThat(frames()).containsExactly(25, 25);
  }

  @Test
  void readsNoFilesThatAPlaylistNames() {
    server.put("index.m3u8", head() + "#EXTINF:2,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("only http and https are read");
  }

  @Test
  void saysThatASegmentIsShorterThanItsRange() {
    server.put("a.ts", "short");
    server.put("index.m3u8", head() + "#EXTINF:2,\n#EXT-X-BYTERANGE:100@6\na.ts\n#EXT-X-ENDLIST\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessage(server.uri("a.ts") + " is shorter than the range in the playlist");
  }

  private void read() throws Exception {
    try (HttpDownloads downloads =
        new HttpDownloads(server.uri("index.m3u8"), Optional.empty(), Duration.ofSeconds(10))) {
      HlsFeed feed =
          new HlsFeed(
              server.uri("index.m3u8"),
              downloads,
              cursor,
              InstantSource.fixed(NOW),
              16 << 20,
              SECOND);
      var unused = feed.open();
      try (LiveReader reader =
          LiveReaders.IN_PROCESS.of(
              "gate",
              feed,
              new LiveSettings(SECOND, Duration.ofSeconds(20), 16 << 20, Treatment.COPY),
              InstantSource.system())) {
        reader.read(segments::add);
      }
    }
  }

  private static String head() {
    return "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";
  }

  private List<Integer> frames() {
    return segments.stream().map(LiveSegment::frames).toList();
  }

  /// What comes before the first fragment, and each fragment.
  private static List<byte[]> fragments(byte[] mp4) {
    List<byte[]> parts = new ArrayList<>();
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    int at = 0;
    while (at + 8 <= mp4.length) {
      int size = ByteBuffer.wrap(mp4).getInt(at);
      String type = new String(mp4, at + 4, 4, StandardCharsets.US_ASCII);
      if (type.equals("moof") || type.equals("mfra")) {
        parts.add(part.toByteArray());
        part.reset();
      }
      part.writeBytes(Arrays.copyOfRange(mp4, at, at + size));
      at += size;
    }
    return parts;
  }
}
