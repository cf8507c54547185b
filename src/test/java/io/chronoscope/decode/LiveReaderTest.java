package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.domain.SourceClock;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.RtspServer;
import io.chronoscope.testing.TestMedia;
import io.chronoscope.testing.TransportStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveReaderTest {

  private static final Instant NOW = Instant.parse("2026-05-04T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  private final List<LiveSegment> segments = new ArrayList<>();

  @Test
  void cutsAnEndlessTransportStreamAtKeyFrames() throws Exception {
    byte[] media = h264("mpegts", 100, 10).bytes();

    read(feed(media), settings(Duration.ofSeconds(1), Treatment.COPY));

    assertThat(frames()).containsExactly(30, 30, 30, 10);
    for (int i = 1; i < segments.size(); i++) {
      LiveSegment before = segments.get(i - 1);
      assertThat(segments.get(i).ptsMicros())
          .isCloseTo(
              before.ptsMicros() + before.duration().toNanos() / 1000,
              org.assertj.core.data.Offset.offset(1L));
      assertThat(segments.get(i).continues()).isTrue();
    }
    assertThat(decodedFrames()).isEqualTo(100);
  }

  @Test
  void startsAnotherSegmentWhereTimestampsJump() throws Exception {
    byte[] media = h264("mpegts", 30, 10).bytes();
    byte[] later = h264("mpegts", 30, 10).startingAt(100_000).bytes();

    read(
        feed(TransportStream.joined(media, later)),
        settings(Duration.ofSeconds(10), Treatment.COPY));

    assertThat(segments).extracting(LiveSegment::continues).containsExactly(false, false);
    assertThat(decodedFrames()).isEqualTo(60);
  }

  @Test
  void waitsForTheKeyFrameThatStatesTheParameters() throws Exception {
    byte[] media =
        TestMedia.video().codec("mpeg4").container("mpegts").fps(5).frames(100).group(40).bytes();
    // Joined after the first key frame.
    byte[] joined = Arrays.copyOfRange(media, 188 * 40, media.length);

    read(feed(joined), settings(Duration.ofSeconds(1), Treatment.COPY));

    assertThat(segments).isNotEmpty();
    assertThat(decodedFrames()).isEqualTo(60);
  }

  @Test
  void refusesVideoWithoutKeyFramesAndNamesTheRemedy() {
    byte[] media = h264("mpegts", 100, 1000).bytes();
    assertThatThrownBy(() -> read(feed(media), settings(Duration.ofMillis(100), Treatment.COPY)))
        .isInstanceOf(UnreadableMediaException.class)
        .hasMessageContaining("no key frame within")
        .hasMessageContaining("--encode");
  }

  @Test
  void encodesVideoWithoutKeyFrames() throws Exception {
    byte[] media = h264("mpegts", 100, 1000).bytes();

    read(feed(media), settings(Duration.ofSeconds(1), Treatment.ENCODE));

    assertThat(frames()).containsExactly(25, 25, 25, 25);
    assertThat(decodedFrames()).isEqualTo(100);
  }

  @Test
  void encodesACodecThatChunksMayNotHave() throws Exception {
    byte[] media = TestMedia.video().codec("ffv1").container("matroska").fps(25).frames(50).bytes();

    assertThatThrownBy(() -> read(feed(media), settings(Duration.ofSeconds(1), Treatment.COPY)))
        .isInstanceOf(UnreadableMediaException.class)
        .hasMessageContaining("ffv1");
    segments.clear();
    read(feed(media), settings(Duration.ofSeconds(1), Treatment.ENCODE));

    assertThat(decodedFrames()).isEqualTo(50);
  }

  @Test
  void refusesColorsOfDolbysOwn() {
    byte[] media = DolbyVisionTest.video(5, 0);
    assertThatThrownBy(() -> read(feed(media), settings(Duration.ofSeconds(1), Treatment.COPY)))
        .isInstanceOf(UnreadableMediaException.class)
        .hasMessageContaining("Dolby Vision profile 5");
  }

  @Test
  void takesTimeFromRtcpSenderReports() throws Exception {
    Instant camera = Instant.parse("2026-05-04T11:59:30.250Z");
    try (RtspServer server = RtspServer.of(h264("h264", 100, 25).bytes(), 25).clock(camera)) {
      try (LiveReader reader =
          LiveReaders.IN_PROCESS.rtsp(
              "gate", server.url(), settings(Duration.ofSeconds(1), Treatment.COPY), CLOCK)) {
        reader.read(segments::add);
      }
    }

    assertThat(frames()).containsExactly(25, 25, 25, 25);
    LiveSegment first = segments.getFirst();
    assertThat(first.stated()).isPresent();
    assertThat(first.stated().get().clock()).isEqualTo(SourceClock.RTCP);
    Instant start =
        Instant.EPOCH.plusNanos((first.ptsMicros() + first.stated().get().offsetMicros()) * 1000);
    assertThat(Duration.between(camera, start).abs()).isLessThan(Duration.ofMillis(2));
    assertThat(decodedFrames()).isEqualTo(100);
  }

  @Test
  void noticesAFrozenCameraAndKeepsWhatItSent() {
    try (RtspServer server = RtspServer.of(h264("h264", 40, 25).bytes(), 25).freezeAtEnd();
        LiveReader reader =
            LiveReaders.IN_PROCESS.rtsp(
                "gate",
                server.url(),
                new LiveSettings(
                    Duration.ofSeconds(1), Duration.ofSeconds(1), 1 << 20, Treatment.COPY),
                CLOCK)) {
      assertThatThrownBy(() -> reader.read(segments::add))
          .isInstanceOf(IOException.class)
          .hasMessage("no new picture for 1 s");
    }
    assertThat(decodedFrames()).isEqualTo(40);
  }

  @Test
  void saysThatCredentialsAreWrongWithoutShowingThem() throws Exception {
    try (RtspServer server =
        RtspServer.of(h264("h264", 25, 25).bytes(), 25).requireCredentials("viewer", "right")) {
      assertThatThrownBy(() -> readRtsp(server.url("viewer", "wr0ng")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("401")
          .message()
          .doesNotContain("wr0ng");
      readRtsp(server.url("viewer", "right"));
    }
    assertThat(decodedFrames()).isEqualTo(25);
  }

  @Test
  void endsWhenCanceled() throws Exception {
    try (RtspServer server = RtspServer.of(h264("h264", 40, 25).bytes(), 25).freezeAtEnd();
        LiveReader reader =
            LiveReaders.IN_PROCESS.rtsp(
                "gate", server.url(), settings(Duration.ofSeconds(1), Treatment.COPY), CLOCK)) {
      reader.read(segment -> {
        segments.add(segment);
        reader.cancel();
      });
    }
    assertThat(segments).isNotEmpty();
  }

  @Test
  void opensNoOtherProtocol() {
    for (String url : List.of("file:/etc/hostname", "concat:/etc/hostname", "http://localhost/")) {
      assertThatThrownBy(() -> readRtsp(url)).isInstanceOf(IOException.class);
    }
  }

  private void readRtsp(String url) throws Exception {
    try (LiveReader reader =
        LiveReaders.IN_PROCESS.rtsp(
            "gate", url, settings(Duration.ofSeconds(1), Treatment.COPY), CLOCK)) {
      reader.read(segments::add);
    }
  }

  private void read(ByteFeed feed, LiveSettings settings) throws Exception {
    try (LiveReader reader = LiveReaders.IN_PROCESS.of("gate", feed, settings, CLOCK)) {
      reader.read(segments::add);
    }
  }

  private static LiveSettings settings(Duration length, Treatment treatment) {
    return new LiveSettings(length, Duration.ofSeconds(10), 64 << 20, treatment);
  }

  private static TestMedia h264(String container, int frames, int group) {
    return TestMedia.h264(container, frames).group(group);
  }

  private static ByteFeed feed(byte[] bytes) {
    InputStream in = new ByteArrayInputStream(bytes);
    return new ByteFeed() {
      @Override
      public int read(byte[] target, int length) throws IOException {
        return in.read(target, 0, length);
      }

      @Override
      public void close() {}
    };
  }

  private List<Integer> frames() {
    return segments.stream().map(LiveSegment::frames).toList();
  }

  private long decodedFrames() {
    return segments.stream()
        .mapToLong(segment -> {
          try {
            return new FfmpegDecoder()
                .decode(segment.media(), DecodeLimits.DEFAULTS, MediaDecoder.FrameSink.NONE)
                .frames();
          } catch (UnreadableMediaException e) {
            throw new AssertionError(e);
          }
        })
        .sum();
  }
}
