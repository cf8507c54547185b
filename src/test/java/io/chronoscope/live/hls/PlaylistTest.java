package io.chronoscope.live.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.SourceRefusedException;
import io.chronoscope.live.hls.Playlist.Master;
import io.chronoscope.live.hls.Playlist.Media;
import io.chronoscope.live.hls.Playlist.Range;
import io.chronoscope.live.hls.Playlist.Segment;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaylistTest {

  private static final URI BASE = URI.create("https://host/cam/index.m3u8");

  @Test
  void readsSegmentsWithTimesThatRunOn() throws Exception {
    Media media =
        media(
            """
            #EXTM3U
            #EXT-X-TARGETDURATION:4
            #EXT-X-MEDIA-SEQUENCE:17
            #EXT-X-PROGRAM-DATE-TIME:2026-05-04T12:00:00.500+0200
            #EXTINF:4.0,
            a17.ts
            #EXTINF:3.5,title, with a comma
            https://cdn/a18.ts?x=1
            #EXT-X-DISCONTINUITY
            #EXT-X-PROGRAM-DATE-TIME:2026-05-04T10:01:00Z
            #EXTINF:4.0,
            a19.ts
            """);

    assertThat(media.target()).isEqualTo(Duration.ofSeconds(4));
    assertThat(media.ended()).isFalse();
    assertThat(media.segments()).extracting(Segment::sequence).containsExactly(17L, 18L, 19L);
    assertThat(media.segments())
        .extracting(one -> one.uri().toString())
        .containsExactly(
            "https://host/cam/a17.ts", "https://cdn/a18.ts?x=1", "https://host/cam/a19.ts");
    assertThat(media.segments())
        .extracting(one -> one.time().orElseThrow())
        .containsExactly(
            Instant.parse("2026-05-04T10:00:00.500Z"),
            Instant.parse("2026-05-04T10:00:04.500Z"),
            Instant.parse("2026-05-04T10:01:00Z"));
    assertThat(media.segments())
        .extracting(Segment::discontinuity)
        .containsExactly(false, false, true);
  }

  @Test
  void readsMapsRangesKeysAndTheEnd() throws Exception {
    Media media =
        media(
            """
            #EXTM3U
            #EXT-X-TARGETDURATION:2
            #EXT-X-MAP:URI="init.mp4",BYTERANGE="100@0"
            #EXT-X-KEY:METHOD=AES-128,URI="key,1",IV=0x0A
            #EXTINF:2,
            #EXT-X-BYTERANGE:1000@100
            all.mp4
            #EXT-X-KEY:METHOD=NONE
            #EXTINF:2,
            #EXT-X-BYTERANGE:500
            all.mp4
            #EXT-X-ENDLIST
            """);

    Segment first = media.segments().getFirst();
    assertThat(first.map().orElseThrow())
        .isEqualTo(
            new Playlist.Part(
                URI.create("https://host/cam/init.mp4"), Optional.of(new Range(0, 100))));
    assertThat(first.key().orElseThrow().uri()).hasToString("https://host/cam/key,1");
    assertThat(first.key().orElseThrow().iv()).contains("0A");
    assertThat(first.range()).contains(new Range(100, 1000));
    assertThat(media.segments().getLast().range()).contains(new Range(1100, 500));
    assertThat(media.segments().getLast().key()).isEmpty();
    assertThat(media.ended()).isTrue();
  }

  @Test
  void choosesTheBestVariantWithinABandwidth() throws Exception {
    Master master =
        (Master)
            Playlist.parse(
                """
                #EXTM3U
                #EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1,mp4a",RESOLUTION=640x360
                low.m3u8
                #EXT-X-STREAM-INF:BANDWIDTH=5000000
                mid.m3u8
                #EXT-X-STREAM-INF:BANDWIDTH=20000000
                high.m3u8
                """,
                BASE);

    assertThat(master.best(10_000_000).uri()).hasToString("https://host/cam/mid.m3u8");
    assertThat(master.best(100).uri()).hasToString("https://host/cam/low.m3u8");
    assertThat(master.best(Long.MAX_VALUE).uri()).hasToString("https://host/cam/high.m3u8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          METHOD=SAMPLE-AES,URI="k" | SAMPLE-AES
          METHOD=SAMPLE-AES,URI="skd://k",KEYFORMAT="com.apple.streamingkeydelivery" | FairPlay DRM
          METHOD=SAMPLE-AES-CTR,KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed" | Widevine DRM
          METHOD=AES-128,URI="k",KEYFORMAT="com.microsoft.playready" | PlayReady DRM
          METHOD=AES-256,URI="k" | AES-256
          """)
  void namesTheEncryptionThatIsNotRead(String key, String name) {
    String playlist = "#EXTM3U\n#EXT-X-KEY:" + key + "\n#EXTINF:2,\na.ts\n";

    assertThatThrownBy(() -> Playlist.parse(playlist, BASE))
        .isInstanceOf(SourceRefusedException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("which is not read here");
  }

  @Test
  void takesTheKeyThatCanBeReadAmongSeveral() throws Exception {
    Media media =
        media(
            """
            #EXTM3U
            #EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://k",KEYFORMAT="com.apple.streamingkeydelivery"
            #EXT-X-KEY:METHOD=AES-128,URI="key"
            #EXT-X-KEY:METHOD=SAMPLE-AES,URI="k",KEYFORMAT="urn:uuid:0"
            #EXTINF:2,
            a.ts
            #EXT-X-KEY:METHOD=NONE
            #EXTINF:2,
            b.ts
            """);

    assertThat(media.segments().getFirst().key().orElseThrow().uri())
        .isEqualTo(BASE.resolve("key"));
    assertThat(media.segments().getLast().key()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "#EXTM3U\n#EXTINF:abc,\na.ts",
        "#EXTM3U\n#EXTINF:-1,\na.ts",
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:x",
        "#EXTM3U\n#EXTINF:1,\na b.ts",
        "#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:yesterday\n",
        "#EXTM3U\n#EXT-X-MAP:BYTERANGE=\"1@0\"",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n"
      })
  void refusesWhatIsNoPlaylist(String text) {
    assertThatThrownBy(() -> Playlist.parse(text, BASE)).isInstanceOf(IOException.class);
  }

  private static Media media(String text) throws IOException {
    return (Media) Playlist.parse(text, BASE);
  }
}
