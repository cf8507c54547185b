package io.chronoscope.decode.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chronoscope.decode.ByteFeed;
import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.LiveReaders;
import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.decode.worker.ChunkBudget.CpuTime;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.decode.worker.DecodeEvent.WorkerReady;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.SourceClock;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Await;
import io.chronoscope.testing.Keystore;
import io.chronoscope.testing.RtspServer;
import io.chronoscope.testing.TestMedia;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Live sources in real worker processes; [io.chronoscope.live] has what the sources need of them.
class LiveWorkersTest {

  private static final Instant NOW = Instant.parse("2026-05-04T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final CpuTime AMPLE_CPU = new CpuTime(120, 10);

  @TempDir private Path temporary;

  private final List<DecodeEvent> events = new CopyOnWriteArrayList<>();
  private LiveWorkers workers = new LiveWorkers(ChunkBudget.DEFAULTS, events::add);

  @AfterEach
  void stop() {
    workers.close();
  }

  private void limit(ChunkBudget budget) {
    workers.close();
    workers = new LiveWorkers(budget, events::add);
  }

  private static LiveSettings settings(Treatment treatment) {
    return new LiveSettings(Duration.ofSeconds(1), Duration.ofSeconds(20), 16 << 20, treatment);
  }

  private static List<LiveSegment> read(LiveReaders readers, ByteFeed feed, Treatment treatment)
      throws Exception {
    List<LiveSegment> segments = new ArrayList<>();
    try (LiveReader reader = readers.of("gate", feed, settings(treatment), CLOCK)) {
      reader.read(segments::add);
    }
    return segments;
  }

  /// The bytes of a video, with a time for its first frame; before some of them something happens.
  private static final class Feed implements ByteFeed {

    private final byte[] bytes;
    private final Runnable halfWay;
    private int at;

    Feed(byte[] bytes, Runnable halfWay) {
      this.bytes = bytes;
      this.halfWay = halfWay;
    }

    @Override
    public int read(byte[] target, int length) {
      // A step as large as a datagram.
      int n = Math.min(Math.min(length, 1316), bytes.length - at);
      if (at < bytes.length / 2 && at + n >= bytes.length / 2) {
        halfWay.run();
      }
      System.arraycopy(bytes, at, target, 0, n);
      at += n;
      return n == 0 ? -1 : n;
    }

    @Override
    public Optional<Mark> markAt(long position) {
      return Optional.of(new Mark(0, NOW.minusSeconds(60), SourceClock.PROGRAM_DATE_TIME));
    }

    @Override
    public void close() {}
  }

  private static Feed feed(byte[] bytes) {
    return new Feed(bytes, () -> {});
  }

  private static byte[] video() {
    return TestMedia.h264("mpegts", 100).group(25).bytes();
  }

  private long pid() {
    return events.reversed().stream()
        .filter(WorkerReady.class::isInstance)
        .map(event -> ((WorkerReady) event).pid())
        .findFirst()
        .orElseThrow();
  }

  private static void signal(String name, long pid) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<LossCause> losses() {
    return events.stream()
        .filter(WorkerLost.class::isInstance)
        .map(event -> ((WorkerLost) event).cause())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSegmentsOfAReaderInThisProcess(Treatment treatment) throws Exception {
    byte[] video = video();

    List<LiveSegment> segments = read(workers, feed(video), treatment);

    assertThat(segments)
        .hasSizeGreaterThan(2)
        .isEqualTo(read(LiveReaders.IN_PROCESS, feed(video), treatment));
    assertThat(segments.getFirst().stated()).isPresent();
  }

  @Test
  void aConnectionThatContinuesGetsTheSameWorker() throws Exception {
    for (int connection = 0; connection < 3; connection++) {
      assertThat(read(workers, feed(video()), Treatment.COPY)).hasSizeGreaterThan(2);
    }
    assertThat(events).singleElement().isInstanceOf(WorkerReady.class);
  }

  @Test
  void saysWhyAVideoCannotBeCutAndWhyBytesCannotBeRead() throws Exception {
    byte[] endless = TestMedia.h264("mpegts", 500).group(1000).bytes();
    assertThatThrownBy(() -> read(workers, feed(endless), Treatment.COPY))
        .isInstanceOfSatisfying(
            UnreadableMediaException.class,
            e -> assertThat(e.rejection().reason()).isEqualTo(Reason.NO_FRAMES))
        .hasMessageContaining("--encode");
    IOException gone = new IOException("the server is gone");
    Feed failing =
        new Feed(
            video(),
            () -> {
              throw new UncheckedIOException(gone);
            });
    assertThat(catchThrowable(() -> read(workers, failing, Treatment.COPY))).hasRootCause(gone);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aCrashIsALostConnectionAndNoOtherSourceNotices() throws Exception {
    byte[] video = video();
    CompletableFuture<List<LiveSegment>> other = new CompletableFuture<>();
    CompletableFuture<Void> crashed = new CompletableFuture<>();
    Feed waiting = new Feed(video, crashed::join);
    Thread.ofPlatform()
        .start(() -> {
          try {
            other.complete(read(workers, waiting, Treatment.COPY));
          } catch (Throwable e) {
            other.completeExceptionally(e);
          }
        });
    Await.until(() -> !events.isEmpty());

    Feed hostile =
        new Feed(
            video,
            () -> {
              signal("SEGV", ((WorkerReady) events.getLast()).pid());
            });
    assertThatThrownBy(() -> read(workers, hostile, Treatment.COPY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the process that reads the source was lost");
    assertThat(losses()).containsExactly(LossCause.CRASH);
    crashed.complete(null);

    assertThat(other.join()).hasSizeGreaterThan(2);
    assertThat(read(workers, feed(video), Treatment.COPY)).hasSizeGreaterThan(2);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aWorkerThatHangsThoughBytesArriveIsKilled() {
    limit(new ChunkBudget(512L << 20, AMPLE_CPU, Duration.ofSeconds(1), 16L << 30));
    Feed feed = new Feed(video(), () -> signal("STOP", pid()));

    assertThatThrownBy(() -> read(workers, feed, Treatment.COPY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wall time");
    assertThat(losses()).containsExactly(LossCause.WALL_TIME);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryIsLimited() {
    limit(new ChunkBudget(40L << 20, AMPLE_CPU, Duration.ofMinutes(2), 16L << 30));
    byte[] large = TestMedia.h264("mpegts", 30).size(3840, 2160).group(25).bytes();

    assertThatThrownBy(() -> read(workers, feed(large), Treatment.ENCODE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("40 MiB");
    assertThat(losses()).containsExactly(LossCause.MEMORY);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void credentialsAreInNoListOfProcesses() throws Exception {
    List<String> seen = new ArrayList<>();
    Consumer<LiveSegment> look =
        segment -> {
          for (String name : List.of("cmdline", "environ")) {
            try {
              seen.add(Files.readString(Path.of("/proc", Long.toString(pid()), name)));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    try (RtspServer camera =
            RtspServer.of(TestMedia.h264("h264", 60).group(25).bytes(), 25)
                .requireCredentials("viewer", "s3cret");
        LiveReader reader =
            workers.rtsp("gate", camera.url("viewer", "s3cret"), settings(Treatment.COPY), CLOCK)) {
      reader.read(look);
    }
    assertThat(seen).isNotEmpty();
    assertThat(seen.toString()).contains("LiveWorker").doesNotContain("s3cret");
    assertThat(events).singleElement().isInstanceOf(WorkerReady.class);
    assertThat(((WorkerReady) events.getFirst()).kind()).isEqualTo(WorkerKind.SERVER);
  }

  @Test
  void aCameraIsReadOverTls() throws Exception {
    Keystore keystore = Keystore.create(temporary.resolve("camera.p12"), "camera", "changeit");
    byte[] video = TestMedia.h264("h264", 60).group(25).bytes();
    for (LiveReaders readers : List.of(LiveReaders.IN_PROCESS, workers)) {
      List<LiveSegment> segments = new ArrayList<>();
      try (RtspServer camera = RtspServer.overTls(video, 25, keystore);
          LiveReader reader = readers.rtsp("gate", camera.url(), settings(Treatment.COPY), CLOCK)) {
        assertThat(camera.url()).startsWith("rtsps://");
        reader.read(segments::add);
      }
      assertThat(segments).hasSizeGreaterThan(1);
    }
  }

  @Test
  void aNameIsReplacedByItsAddressWhereItDoesNotResolve() {
    Optional<String> address = Optional.of("192.0.2.7");
    assertThat(ServerAddress.reachable("rtsp://a:b@camera.invalid:554/camera.invalid", address))
        .isEqualTo("rtsp://a:b@192.0.2.7:554/camera.invalid");
    assertThat(ServerAddress.reachable("rtsp://localhost", Optional.of("[::1]")))
        .isEqualTo("rtsp://[::1]");
    assertThat(ServerAddress.reachable("rtsp://10.0.0.5/main", Optional.empty()))
        .isEqualTo("rtsp://10.0.0.5/main");
  }
}
