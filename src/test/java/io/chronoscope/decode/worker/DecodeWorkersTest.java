package io.chronoscope.decode.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.DecoderOptions;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.LoopFilter;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.worker.ChunkBudget.CpuTime;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.decode.worker.DecodeEvent.WorkerReady;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Shown;
import io.chronoscope.testing.SelectiveFrames;
import io.chronoscope.testing.TestMedia;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With real worker processes.
class DecodeWorkersTest {

  private static final CpuTime AMPLE_CPU = new CpuTime(60, 10);
  private static final Duration AMPLE_TIME = Duration.ofMinutes(2);
  private static final long AMPLE_MEMORY = 512L << 20;

  private static final List<DecodeEvent> AMPLE_EVENTS = new CopyOnWriteArrayList<>();
  private static @Nullable DecodePool ample;

  private List<DecodeEvent> events = AMPLE_EVENTS;
  private @Nullable DecodePool limited;

  @BeforeAll
  static void start() throws IOException {
    ample = open(new ChunkBudget(AMPLE_MEMORY, AMPLE_CPU, AMPLE_TIME, 16L << 30), AMPLE_EVENTS);
  }

  @AfterAll
  static void stop() {
    if (ample != null) {
      ample.close();
    }
  }

  private DecodePool pool() {
    return Objects.requireNonNull(limited == null ? ample : limited);
  }

  private static DecodePool open(ChunkBudget budget, List<DecodeEvent> events) throws IOException {
    DecodePool pool =
        DecodePool.ofWorkers(
            new DecodePool.Workers(1, DecodeLimits.DEFAULTS.maxPixels(), LoopFilter.FULL, budget),
            events::add);
    pool.awaitStarted();
    return pool;
  }

  private void limit(ChunkBudget budget) throws IOException {
    events = new CopyOnWriteArrayList<>();
    limited = open(budget, events);
  }

  @BeforeEach
  void forgetLosses() {
    AMPLE_EVENTS.removeIf(WorkerLost.class::isInstance);
  }

  @AfterEach
  void close() {
    if (limited != null) {
      limited.close();
    }
  }

  private long pid() {
    return events.stream()
        .filter(WorkerReady.class::isInstance)
        .map(WorkerReady.class::cast)
        .toList()
        .getLast()
        .pid();
  }

  private List<WorkerLost> losses() {
    return events.stream()
        .filter(WorkerLost.class::isInstance)
        .map(WorkerLost.class::cast)
        .toList();
  }

  private static void signal(String name, long pid) {
    try {
      int status =
          new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
      assertThat(status).isZero();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Reason rejection(ByteBuffer media, FrameSink sink) {
    UnreadableMediaException refused =
        catchThrowableOfType(
            UnreadableMediaException.class,
            () -> pool().decode("cam-1", media, DecodeLimits.DEFAULTS, sink));
    assertThat(refused).as("events: %s", events).isNotNull();
    return refused.rejection().reason();
  }

  @ParameterizedTest
  @CsvSource({
    "libopenh264, mp4, 10",
    "libopenh264, mp4, 1",
    "mpeg2video, mpegts, 7",
    "libvpx-vp9, webm, 9",
    "libaom-av1, mp4, 6",
    "mjpeg, mov, 3"
  })
  void givesTheFramesAndFactsOfADecoderInThisProcess(String codec, String container, int every)
      throws Exception {
    ByteBuffer media =
        TestMedia.video().size(320, 240).frames(60).codec(codec).container(container).buffer();
    LongPredicate wanted = from -> Math.round(from / 40_000.0) % every == 0;
    Frames expected = new Frames(wanted);
    MediaFacts facts = new FfmpegDecoder().decode(media, DecodeLimits.DEFAULTS, expected);

    SelectiveFrames selection = new SelectiveFrames(wanted);
    assertThat(pool().decode("cam-1", media, DecodeLimits.DEFAULTS, selection)).isEqualTo(facts);
    assertSame(selection.frames, expected);
    Frames asked = new Frames(wanted);
    assertThat(pool().decode(media, DecodeLimits.DEFAULTS, asked)).isEqualTo(facts);
    assertSame(asked, expected);
    assertThat(pool().decode(media, DecodeLimits.DEFAULTS, FrameSink.NONE)).isEqualTo(facts);
    assertThat(media.position()).isZero();
  }

  @Test
  void aWorkerLeavesOutTheLoopFilterLikeADecoderInThisProcess() throws Exception {
    ByteBuffer media =
        ByteBuffer.wrap(Files.readAllBytes(Path.of("video-samples", "corridor.mp4")));
    LongPredicate wanted = from -> from % 1_000_000 < 40_000;
    SelectiveFrames expected = new SelectiveFrames(wanted);
    var unused =
        new FfmpegDecoder(new DecoderOptions(1, LoopFilter.NONE, Optional.empty()))
            .decode(media, DecodeLimits.DEFAULTS, expected);

    SelectiveFrames found = new SelectiveFrames(wanted);
    try (DecodePool pool =
        DecodePool.ofWorkers(
            new DecodePool.Workers(
                1, DecodeLimits.DEFAULTS.maxPixels(), LoopFilter.NONE, ChunkBudget.DEFAULTS),
            event -> {})) {
      var unusedFacts = pool.decode("cam-1", media, DecodeLimits.DEFAULTS, found);
    }
    assertSame(found.frames, expected.frames);
  }

  private static void assertSame(Frames found, Frames expected) {
    assertThat(found.offered).isEqualTo(expected.offered);
    assertThat(found.shown)
        .extracting(Shown::from)
        .isEqualTo(expected.shown.stream().map(Shown::from).toList());
    for (int i = 0; i < expected.shown.size(); i++) {
      assertThat(found.shown.get(i).brightness()).isDeepEqualTo(expected.shown.get(i).brightness());
    }
  }

  @Test
  void rejectsWhatADecoderInThisProcessRejects() throws Exception {
    assertThat(rejection(ByteBuffer.wrap(new byte[100]), FrameSink.NONE))
        .isEqualTo(Reason.NOT_MEDIA);
    byte[] whole = TestMedia.video().bytes();
    assertThat(rejection(ByteBuffer.wrap(whole, 0, whole.length - 100), Frames.all()))
        .isEqualTo(Reason.TRUNCATED);
    assertThat(losses()).isEmpty();
  }

  @Test
  void aSinkThatThrowsCostsNoWorker() throws Exception {
    ByteBuffer media = TestMedia.video().frames(50).buffer();
    IllegalArgumentException thrown =
        catchThrowableOfType(
            IllegalArgumentException.class,
            () ->
                pool()
                    .decode(
                        media,
                        DecodeLimits.DEFAULTS,
                        new SelectiveFrames(from -> {
                          if (from > 1_000_000) {
                            throw new IllegalArgumentException("no size for the model");
                          }
                          return false;
                        })));
    assertThat(thrown).hasMessage("no size for the model");
    assertThat(pool().decode(media, DecodeLimits.DEFAULTS, FrameSink.NONE).frames()).isEqualTo(50);
    assertThat(losses()).isEmpty();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aCrashCostsOneRetry() throws Exception {
    ByteBuffer media = TestMedia.video().frames(50).buffer();
    boolean[] crashed = new boolean[1];
    SelectiveFrames selection =
        new SelectiveFrames(
            from -> true,
            () -> {
              if (!crashed[0]) {
                crashed[0] = true;
                signal("SEGV", pid());
              }
            });
    assertThat(pool().decode("cam-1", media, DecodeLimits.DEFAULTS, selection).frames())
        .isEqualTo(50);
    assertThat(selection.frames.shown).hasSize(50);
    assertThat(selection.restarts()).isPositive();
    assertThat(losses())
        .singleElement()
        .satisfies(loss -> {
          assertThat(loss.cause()).isEqualTo(LossCause.CRASH);
          assertThat(loss.stream()).isEqualTo("cam-1");
          assertThat(loss.retried()).isTrue();
        });
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aChunkThatCrashesTwiceIsRejectedAndTheNextOneIsDecoded() throws Exception {
    ByteBuffer media = TestMedia.video().frames(50).buffer();
    assertThat(rejection(media, new SelectiveFrames(from -> true, () -> signal("SEGV", pid()))))
        .isEqualTo(Reason.DECODER_CRASHED);
    assertThat(losses()).hasSize(2);
    assertThat(pool().decode(media, DecodeLimits.DEFAULTS, FrameSink.NONE).frames()).isEqualTo(50);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aWorkerThatStopsIsKilledAfterItsWallTime() throws Exception {
    limit(new ChunkBudget(AMPLE_MEMORY, AMPLE_CPU, Duration.ofMillis(500), 16L << 30));
    ByteBuffer media = TestMedia.video().frames(50).buffer();
    assertThat(rejection(media, new SelectiveFrames(from -> true, () -> signal("STOP", pid()))))
        .isEqualTo(Reason.OVER_BUDGET);
    assertThat(losses()).extracting(WorkerLost::cause).containsOnly(LossCause.WALL_TIME);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void cpuTimeIsLimitedByTheKernel() throws Exception {
    limit(new ChunkBudget(4L << 30, new CpuTime(1, 0), AMPLE_TIME, 16L << 30));
    assertThat(rejection(resource("big40.mp4"), FrameSink.NONE)).isEqualTo(Reason.OVER_BUDGET);
    assertThat(losses()).extracting(WorkerLost::cause).containsOnly(LossCause.CPU_TIME);
    assertThat(losses()).hasSize(2);
  }

  @Test
  void outputIsLimited() throws Exception {
    limit(new ChunkBudget(AMPLE_MEMORY, AMPLE_CPU, AMPLE_TIME, 3L * 320 * 240 * 10));
    ByteBuffer media = TestMedia.video().size(320, 240).frames(20).buffer();
    assertThat(rejection(media, new SelectiveFrames(from -> true))).isEqualTo(Reason.OVER_BUDGET);
    assertThat(losses()).extracting(WorkerLost::cause).containsOnly(LossCause.OUTPUT);
  }

  /// 8192×4320 pixels with 16 reference frames, 46 KB.
  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryIsLimited() throws Exception {
    ByteBuffer media = resource("big40.mp4");
    assertThat(rejection(media, FrameSink.NONE)).isEqualTo(Reason.OVER_BUDGET);
    assertThat(losses()).extracting(WorkerLost::cause).containsOnly(LossCause.MEMORY);
    assertThat(losses()).extracting(WorkerLost::detail).allMatch(why -> why.contains("512 MiB"));
  }

  /// An index that declares 85 million samples, 715 bytes.
  @Test
  void declaredCountsAreCheckedBeforeAnythingIsAllocated() throws Exception {
    limit(new ChunkBudget(64L << 20, AMPLE_CPU, AMPLE_TIME, 16L << 30));
    assertThat(rejection(resource("stsz85M.mp4"), FrameSink.NONE)).isEqualTo(Reason.CORRUPT);
    assertThat(losses()).isEmpty();
  }

  private static ByteBuffer resource(String name) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(Path.of("src/test/resources/hostile", name)));
  }
}
