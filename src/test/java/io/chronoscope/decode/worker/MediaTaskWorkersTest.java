package io.chronoscope.decode.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chronoscope.decode.Clip;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.LoopFilter;
import io.chronoscope.decode.MediaFile;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.MediaTask.ClipMode;
import io.chronoscope.decode.NotPlayableException;
import io.chronoscope.decode.PlayableSegment;
import io.chronoscope.decode.worker.ChunkBudget.CpuTime;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.decode.worker.DecodeEvent.WorkerReady;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.TestMedia;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Cutting, copying and probing in real worker processes.
class MediaTaskWorkersTest {

  private static final DecodeLimits LIMITS = DecodeLimits.DEFAULTS;
  private static final long EPOCH = 1_767_323_045_000_000L;

  private static final List<DecodeEvent> EVENTS = new CopyOnWriteArrayList<>();
  private static DecodePool pool;
  private static FileWorkers files;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws IOException {
    pool =
        DecodePool.ofWorkers(
            new DecodePool.Workers(1, LIMITS.maxPixels(), LoopFilter.FULL, ChunkBudget.DEFAULTS),
            EVENTS::add);
    files = new FileWorkers(ChunkBudget.DEFAULTS, EVENTS::add);
  }

  @AfterAll
  static void stop() {
    pool.close();
    files.close();
  }

  private Path file(byte[] media) throws IOException {
    return Files.write(directory.resolve("source"), media);
  }

  private static List<MediaSegment> cut(MediaFiles in, Path path) throws Exception {
    List<MediaSegment> segments = new ArrayList<>();
    try (MediaFile file = in.open(path)) {
      assertThat(file.overview(OptionalDouble.empty()).duration()).isEqualTo(Duration.ofSeconds(4));
      assertThat(file.cut(Duration.ofSeconds(1), OptionalDouble.empty(), segments::add))
          .isEqualTo(segments.size());
    }
    return segments;
  }

  @Test
  void aFileIsCutAsInThisProcess() throws Exception {
    Path path = file(TestMedia.video().codec("libopenh264").fps(25).frames(100).group(10).bytes());

    assertThat(cut(files, path)).hasSizeGreaterThan(2).isEqualTo(cut(MediaFiles.IN_PROCESS, path));
  }

  @Test
  void aSegmentIsProbedAndMadePlayableAsInThisProcess() throws Exception {
    byte[] media =
        TestMedia.video().codec("libopenh264").container("mpegts").fps(25).frames(30).bytes();

    PlayableSegment made = pool.playable("cam-1", ByteBuffer.wrap(media), LIMITS);

    assertThat(made).isEqualTo(PlayableSegment.of(MemorySegment.ofArray(media), LIMITS));
    assertThat(pool.probe("cam-1", ByteBuffer.wrap(media), LIMITS).contentType())
        .isEqualTo("video/mp2t");
    byte[] mpeg2 = TestMedia.video().codec("mpeg2video").container("mpegts").frames(30).bytes();
    assertThatThrownBy(() -> pool.playable("cam-1", ByteBuffer.wrap(mpeg2), LIMITS))
        .isInstanceOf(NotPlayableException.class)
        .hasMessageContaining("mpeg2video");
  }

  private record Joined(Clip clip, byte[] bytes) {}

  private static Joined join(MediaFiles in, Path path, MediaTask.Join join) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MediaFile file = in.open(path)) {
      Clip clip =
          file.join(
              join,
              LIMITS,
              written -> {},
              part -> bytes.writeBytes(part.toArray(ValueLayout.JAVA_BYTE)));
      return new Joined(clip, bytes.toByteArray());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClipIsMadeAsInThisProcessAndOneBadChunkLeavesAHole(ClipMode mode) throws Exception {
    byte[] media = TestMedia.video().codec("libopenh264").fps(25).frames(50).group(10).bytes();
    byte[] bad = new byte[100];
    Path path =
        file(
            ByteBuffer.allocate(2 * media.length + bad.length)
                .put(media)
                .put(bad)
                .put(media)
                .array());
    MediaTask.Join join =
        new MediaTask.Join(
            mode,
            EPOCH + 1_000_000,
            EPOCH + 5_000_000,
            List.of(
                new MediaTask.Part(media.length, EPOCH),
                new MediaTask.Part(bad.length, EPOCH + 2_000_000),
                new MediaTask.Part(media.length, EPOCH + 4_000_000)));

    Joined made = join(files, path, join);

    Joined expected = join(MediaFiles.IN_PROCESS, path, join);
    assertThat(made.clip()).isEqualTo(expected.clip());
    assertThat(made.bytes()).isEqualTo(expected.bytes());
    assertThat(made.clip().startMicros())
        .isBetween(EPOCH + 800_000, EPOCH + 1_000_000); // its key frame
    assertThat(made.clip().endMicros()).isGreaterThanOrEqualTo(EPOCH + 5_000_000);
  }

  @Test
  void aSinkThatThrowsEndsTheTaskAndTheFileStaysOpen() throws Exception {
    Path path = file(TestMedia.video().codec("libopenh264").frames(100).group(10).bytes());
    try (MediaFile file = files.open(path)) {
      assertThatThrownBy(() ->
              file.cut(
                  Duration.ofSeconds(1),
                  OptionalDouble.empty(),
                  segment -> {
                    throw new IllegalStateException("no more room");
                  }))
          .hasMessage("no more room");
      assertThat(file.probe().codec()).isEqualTo("h264");
    }
  }

  @Test
  void aFileThatIsNoVideoIsRefusedAndAMissingOneIsSaid() throws Exception {
    try (MediaFile file = files.open(file(new byte[1000]))) {
      UnreadableMediaException refused =
          catchThrowableOfType(UnreadableMediaException.class, file::probe);
      assertThat(refused.rejection().reason()).isEqualTo(Reason.NOT_MEDIA);
    }
    assertThatThrownBy(() -> files.open(directory.resolve("missing")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aWorkerThatDiesRefusesItsFileAndNoOther() throws Exception {
    Path path = file(TestMedia.video().codec("libopenh264").frames(100).group(10).bytes());
    try (MediaFile file = files.open(path)) {
      long pid = ((WorkerReady) EVENTS.getLast()).pid();
      UnreadableMediaException refused =
          catchThrowableOfType(
              UnreadableMediaException.class,
              () ->
                  file.cut(
                      Duration.ofSeconds(1),
                      OptionalDouble.empty(),
                      segment -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly)));
      assertThat(refused.rejection().reason()).isEqualTo(Reason.DECODER_CRASHED);
    }
    assertThat(EVENTS).last().isInstanceOf(WorkerLost.class);
    assertThat(cut(files, path)).isNotEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatAFileMayTakeIsLimited() throws Exception {
    Path path = file(TestMedia.video().codec("libopenh264").frames(100).group(10).bytes());
    ChunkBudget small =
        new ChunkBudget(512L << 20, new CpuTime(60, 10), Duration.ofMinutes(2), 1000);
    try (FileWorkers limited = new FileWorkers(small, EVENTS::add);
        MediaFile file = limited.open(path)) {
      UnreadableMediaException refused =
          catchThrowableOfType(
              UnreadableMediaException.class,
              () -> file.cut(Duration.ofSeconds(1), OptionalDouble.empty(), segment -> {}));
      assertThat(refused.rejection().reason()).isEqualTo(Reason.OVER_BUDGET);
    }
  }
}
