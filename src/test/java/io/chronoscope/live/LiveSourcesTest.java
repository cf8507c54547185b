package io.chronoscope.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.SourceClock;
import io.chronoscope.testing.HlsServer;
import io.chronoscope.testing.RtspServer;
import io.chronoscope.testing.TestMedia;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sources of every kind against servers in this process, with what goes wrong with cameras.
class LiveSourcesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Instant CAMERA_TIME = Instant.parse("2026-05-04T11:00:00Z");

  @TempDir Path directory;

  private final Kafka kafka = new Kafka();
  private final BlockingQueue<SourceEvent> events = new LinkedBlockingQueue<>();
  private final List<SourceEvent> seen = new CopyOnWriteArrayList<>();
  private Optional<LiveSources> sources = Optional.empty();

  @AfterEach
  void stop() {
    sources.ifPresent(LiveSources::close);
  }

  /// Where the sources are read.
  LiveSources.Media media() {
    return LiveSources.Media.IN_PROCESS;
  }

  @Test
  void reconnectsAfterACutAndLeavesOutANumberForWhatIsMissing() throws Exception {
    try (RtspServer camera = camera(60).clock(CAMERA_TIME).freezeAtEnd()) {
      start(camera.url(), "gate");
      await(SourceEvent.Sent.class);
      camera.clock(CAMERA_TIME.plusSeconds(60));
      camera.cut();
      SourceEvent.Gap gap = await(SourceEvent.Gap.class);
      await(SourceEvent.Sent.class);

      assertThat(gap.from()).isBetween(CAMERA_TIME, CAMERA_TIME.plusSeconds(3));
      assertThat(gap.until()).isCloseTo(CAMERA_TIME.plusSeconds(60), within(5, ChronoUnit.MILLIS));
      SourceStatus status = status();
      assertThat(status.reconnects()).isEqualTo(1);
      assertThat(status.gaps()).isEqualTo(1);
    }
    stop();

    List<SpooledChunk> chunks = kafka.chunks;
    SpooledChunk after =
        chunks.stream()
            .filter(one -> !one.start().isBefore(CAMERA_TIME.plusSeconds(59)))
            .findFirst()
            .orElseThrow();
    SpooledChunk before = chunks.get(chunks.indexOf(after) - 1);
    assertThat(after.sequence()).isEqualTo(before.sequence() + 2);
    assertThat(chunks).extracting(SpooledChunk::clock).containsOnly(SourceClock.RTCP);
  }

  @Test
  void connectsAgainToAFrozenCamera() throws Exception {
    try (RtspServer camera = camera(30).clock(CAMERA_TIME).freezeAtEnd()) {
      start(camera.url(), "gate");

      assertThat(await(SourceEvent.Lost.class).reason()).isEqualTo("no new picture for 1 s");
      assertThat(status().state()).isNotInstanceOf(SourceState.Live.class);
      await(SourceEvent.Connected.class);
      assertThat(camera.plays()).isEqualTo(2);
    }
  }

  @Test
  void aCameraThatStartsOverWithItsClockSetBackIsFollowed() throws Exception {
    try (RtspServer camera = camera(50).clock(CAMERA_TIME)) {
      start(camera.url(), "gate");
      camera.clock(CAMERA_TIME.minusSeconds(3600));
      await(SourceEvent.Lost.class);
      await(SourceEvent.Connected.class);
      await(SourceEvent.Lost.class);
    }
    stop();

    assertThat(kafka.chunks)
        .anySatisfy(one ->
            assertThat(one.start())
                .isCloseTo(CAMERA_TIME.minusSeconds(3600), within(5, ChronoUnit.MILLIS)));
    assertThat(kafka.chunks).extracting(SpooledChunk::sequence).isSorted();
  }

  @Test
  void aWrongPasswordIsReportedAndShownNowhere() throws Exception {
    try (RtspServer camera = camera(30).requireCredentials("viewer", "right")) {
      start(camera.url(), "gate", Optional.of(new Credentials("viewer", "wr0ng")), settings());

      SourceEvent.Lost lost = await(SourceEvent.Lost.class);
      assertThat(lost.reason()).contains("refuses the credentials").contains("401");
      assertThat(lost.retryIn()).isGreaterThan(Duration.ofSeconds(7));
      assertThat(lost.reason()).doesNotContain("none are set");
      assertThat(seen.toString() + status()).doesNotContain("wr0ng").doesNotContain("viewer");
      stop();

      start(camera.url(), "yard", Optional.of(new Credentials("viewer", "right")), settings());
      await(SourceEvent.Sent.class);
    }
    assertThat(seen.toString() + status()).doesNotContain("right").doesNotContain("viewer:");
  }

  @Test
  void whereCredentialsComeFromIsSaidWhenThereAreNone() throws Exception {
    try (RtspServer camera = camera(30).requireCredentials("viewer", "right")) {
      start(camera.url(), "gate");

      assertThat(await(SourceEvent.Lost.class).reason())
          .contains("401", "none are set", "CHRONOSCOPE_LIVE_CREDENTIALS_");
    }
  }

  @Test
  void chunksWaitOnDiskWhileKafkaIsAwayAndNothingDoubles() throws Exception {
    kafka.away = true;
    try (RtspServer camera = camera(100).clock(CAMERA_TIME).freezeAtEnd()) {
      start(camera.url(), "gate");
      assertThat(await(SourceEvent.Held.class).reason()).isEqualTo("away");
      await(SourceEvent.Lost.class);
      assertThat(status().waiting()).isEqualTo(4);
      stop();
    }
    assertThat(kafka.chunks).isEmpty();
    kafka.away = false;
    kafka.loseNextAcknowledgment = true;

    // Another process, whose source sends nothing.
    start("udp://127.0.0.1:" + freePort(), "gate");
    for (int i = 0; i < 4; i++) {
      await(SourceEvent.Sent.class);
    }

    assertThat(kafka.chunks).hasSize(5); // one was sent again, as the same chunk
    assertThat(kafka.chunks.get(0).id()).isEqualTo(kafka.chunks.get(1).id());
    assertThat(kafka.chunks.stream().map(SpooledChunk::id).distinct()).hasSize(4);
    assertThat(kafka.chunks).extracting(SpooledChunk::sequence).isSorted();
  }

  @Test
  void readsATransportStreamFromDatagrams() throws Exception {
    int port = freePort();
    start("udp://127.0.0.1:" + port, "gate");
    byte[] media = TestMedia.h264("mpegts", 100).bytes();
    Instant before = Instant.now();
    try (DatagramSocket socket = new DatagramSocket()) {
      InetAddress host = InetAddress.getByName("127.0.0.1");
      // Until it listens.
      while (events.poll(500, TimeUnit.MILLISECONDS) == null) {
        for (int at = 0; at < media.length; at += 7 * 188) {
          byte[] part = Arrays.copyOfRange(media, at, Math.min(media.length, at + 7 * 188));
          socket.send(new DatagramPacket(part, part.length, host, port));
        }
      }
    }
    await(SourceEvent.Sent.class);

    assertThat(kafka.chunks.getFirst().clock()).isEqualTo(SourceClock.ARRIVAL);
    assertThat(kafka.chunks.getFirst().start()).isBetween(before.minusSeconds(10), Instant.now());
    assertThat(await(SourceEvent.Lost.class).reason()).startsWith("no datagram for");
  }

  @Test
  void doesNotWaitForMoreOfAStandardInputThatIsNoVideo() throws Exception {
    for (String content : new String[] {"", "no video ".repeat(1000)}) {
      start(
          "-",
          "gate",
          Optional.empty(),
          settings(),
          new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));

      assertThat(await(SourceEvent.Failed.class).reason()).isNotBlank().doesNotContain("Exception");
      assertThat(sources.orElseThrow().awaitEnd(Duration.ofSeconds(10))).isTrue();
      stop();
    }
    assertThat(kafka.ended).isEmpty();
  }

  @Test
  void readsTheStandardInputToItsEnd() throws Exception {
    byte[] media = TestMedia.h264("matroska", 100).bytes();

    start("-", "gate", Optional.empty(), settings(), new ByteArrayInputStream(media));
    await(SourceEvent.Ended.class);

    assertThat(kafka.ended).containsExactly("gate");
    assertThat(frames(kafka.chunks)).isEqualTo(100);
    assertThat(status().state()).isInstanceOf(SourceState.Ended.class);
  }

  @Test
  void readsEachFileOfADirectoryOnceItIsCompleteAlsoAfterARestart() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("recordings"));
    Instant noon = Instant.parse("2026-05-04T12:00:00Z");
    write(folder.resolve("a.mp4"), noon);
    write(folder.resolve("b.mp4"), noon.plusSeconds(4));
    Files.writeString(folder.resolve("notes.txt"), "no video");
    start(folder.toString(), "gate");
    for (int i = 0; i < 8; i++) {
      await(SourceEvent.Sent.class);
    }
    stop();
    write(folder.resolve("c.mp4"), noon.plusSeconds(34));
    start(folder.toString(), "gate");
    for (int i = 0; i < 4; i++) {
      await(SourceEvent.Sent.class);
    }
    stop();

    assertThat(kafka.chunks)
        .extracting(SpooledChunk::start)
        .containsExactly(
            noon.minusSeconds(4),
            noon.minusSeconds(3),
            noon.minusSeconds(2),
            noon.minusSeconds(1),
            noon,
            noon.plusSeconds(1),
            noon.plusSeconds(2),
            noon.plusSeconds(3),
            noon.plusSeconds(30),
            noon.plusSeconds(31),
            noon.plusSeconds(32),
            noon.plusSeconds(33));
    assertThat(kafka.chunks).extracting(SpooledChunk::clock).containsOnly(SourceClock.FILE);
  }

  @Test
  void encodesFilesOfADirectoryWhoseKeyFramesAreTooFarApart() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("recordings"));
    Instant noon = Instant.parse("2026-05-04T12:00:00Z");
    Path file = folder.resolve("a.mp4");
    Files.write(
        file,
        TestMedia.video().codec("libopenh264").container("mp4").frames(75).group(1000).bytes());
    Files.setLastModifiedTime(file, FileTime.from(noon));

    start(
        folder.toString(),
        "gate",
        Optional.empty(),
        new LiveSettings(Duration.ofSeconds(1), Duration.ofSeconds(1), 16 << 20, Treatment.ENCODE));
    for (int i = 0; i < 3; i++) {
      await(SourceEvent.Sent.class);
    }
    stop();

    assertThat(kafka.chunks)
        .extracting(SpooledChunk::start)
        .containsExactly(noon.minusSeconds(3), noon.minusSeconds(2), noon.minusSeconds(1));
    for (SpooledChunk chunk : kafka.chunks) {
      assertThat(frames(List.of(chunk))).as("decodes by itself").isEqualTo(25);
    }
  }

  @Test
  void readsAPlaylistThatGrowsAndContinuesAfterTheServerFailed() throws Exception {
    try (HlsServer server = new HlsServer()) {
      for (int i = 0; i < 6; i++) {
        server.put("s%d.ts".formatted(i), TestMedia.h264("mpegts", 50).startingAt(50L * i).bytes());
      }
      server.put("index.m3u8", playlist(0, 3));
      start(server.uri("index.m3u8") + "?token=s3cret", "gate");
      await(SourceEvent.Sent.class);
      server.failing(true);
      SourceEvent.Lost lost = await(SourceEvent.Lost.class);
      assertThat(lost.reason()).contains("responds 503");
      server.put("index.m3u8", playlist(0, 6) + "#EXT-X-ENDLIST\n");
      server.failing(false);
      await(SourceEvent.Ended.class);
    }

    assertThat(kafka.chunks)
        .extracting(SpooledChunk::clock)
        .containsOnly(SourceClock.PROGRAM_DATE_TIME);
    assertThat(frames(kafka.chunks)).isEqualTo(300);
    assertThat(kafka.chunks.getFirst().start())
        .isCloseTo(CAMERA_TIME, within(1, ChronoUnit.MILLIS));
    for (int i = 1; i < kafka.chunks.size(); i++) {
      assertThat(kafka.chunks.get(i).start())
          .isCloseTo(kafka.chunks.get(i - 1).end(), within(45, ChronoUnit.MILLIS));
    }
    assertThat(status().gaps()).isZero();
    assertThat(seen.toString() + status()).doesNotContain("s3cret");
  }

  @Test
  void credentialsOfAPlaylistGoToItsServerOnly() throws Exception {
    try (HlsServer server = new HlsServer().requireCredentials("viewer", "right");
        HlsServer other = new HlsServer()) {
      other.put("s0.ts", TestMedia.h264("mpegts", 50).bytes());
      server.put(
          "index.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nmoved.ts\n#EXT-X-ENDLIST\n");
      server.redirect("moved.ts", other.uri("s0.ts").toString());
      start(
          server.uri("index.m3u8").toString(),
          "gate",
          Optional.of(new Credentials("viewer", "right")),
          settings());
      await(SourceEvent.Ended.class);

      assertThat(frames(kafka.chunks)).isEqualTo(50);
      assertThat(other.requests()).containsOnly("/s0.ts null");
    }
  }

  private String playlist(int from, int to) {
    StringBuilder text =
        new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:" + from + "\n");
    for (int i = from; i < to; i++) {
      text.append("#EXT-X-PROGRAM-DATE-TIME:").append(CAMERA_TIME.plusSeconds(2L * i)).append('\n');
      text.append("#EXTINF:2.0,\ns").append(i).append(".ts\n");
    }
    return text.toString();
  }

  private static void write(Path file, Instant modified) throws IOException {
    Path unfinished = file.resolveSibling("." + file.getFileName());
    Files.write(unfinished, TestMedia.h264("mp4", 100).bytes());
    Files.setLastModifiedTime(unfinished, FileTime.from(modified));
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static RtspServer camera(int frames) {
    return RtspServer.of(TestMedia.h264("h264", frames).bytes(), 25);
  }

  private static LiveSettings settings() {
    return new LiveSettings(Duration.ofSeconds(1), Duration.ofSeconds(1), 16 << 20, Treatment.COPY);
  }

  private void start(String address, String stream) throws IOException {
    start(address, stream, Optional.empty(), settings());
  }

  private void start(
      String address, String stream, Optional<Credentials> credentials, LiveSettings settings)
      throws IOException {
    start(address, stream, credentials, settings, InputStream.nullInputStream());
  }

  private void start(
      String address,
      String stream,
      Optional<Credentials> credentials,
      LiveSettings settings,
      InputStream in)
      throws IOException {
    sources =
        Optional.of(
            LiveSources.start(
                List.of(
                    new LiveSources.Plan(
                        stream, SourceAddress.parse(address), credentials, settings)),
                new LiveSources.Settings(
                    directory.resolve("spool"),
                    16 << 20,
                    Duration.ofMillis(50),
                    Duration.ofSeconds(10),
                    TimeSource.SOURCE),
                kafka,
                in,
                media(),
                InstantSource.system(),
                event -> {
                  seen.add(event);
                  events.add(event);
                }));
  }

  private SourceStatus status() {
    return sources.orElseThrow().status().getFirst();
  }

  /// The next event of a kind; the ones before it are passed over.
  private <T extends SourceEvent> T await(Class<T> kind) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      SourceEvent event = events.poll(100, TimeUnit.MILLISECONDS);
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
    }
    throw new AssertionError("no " + kind.getSimpleName() + " among " + seen + "; " + status());
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static long frames(List<SpooledChunk> chunks) {
    return chunks.stream()
        .mapToLong(chunk -> {
          try {
            return new FfmpegDecoder()
                .decode(
                    ByteBuffer.wrap(chunk.media()),
                    DecodeLimits.DEFAULTS,
                    MediaDecoder.FrameSink.NONE)
                .frames();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        })
        .sum();
  }

  private static final class Kafka implements ChunkSink {
    private final List<SpooledChunk> chunks = new CopyOnWriteArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private volatile boolean away;
    private volatile boolean loseNextAcknowledgment;

    @Override
    public ChunkOrigin send(SpooledChunk chunk) throws IOException {
      if (away) {
        throw new IOException("away");
      }
      chunks.add(chunk);
      if (loseNextAcknowledgment) {
        loseNextAcknowledgment = false;
        throw new IOException("no acknowledgment");
      }
      return new ChunkOrigin("video.chunks", 0, chunks.size() - 1);
    }

    @Override
    public void end(String stream) {
      ended.add(stream);
    }
  }
}
