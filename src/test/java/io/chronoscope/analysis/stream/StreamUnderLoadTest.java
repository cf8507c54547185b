package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static io.chronoscope.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.shedding.SheddingSettings;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.testing.LoadGovernors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Streams that arrive faster than they can be analyzed, on a clock that the test advances. Windows
/// are ten seconds long.
class StreamUnderLoadTest {

  private static final Duration TARGET = Duration.ofSeconds(10);

  private static final double CHUNK = 2;

  private static final LampVideo.Script SCRIPT =
      new LampVideo.Script(10).on('a', 1, 3).on('b', 5, 30).on('c', 34, 36).on('d', 68, 75);

  private final LampModel model = new LampModel();
  private final List<StreamCommit> commits = new ArrayList<>();
  private final List<Integer> pressures = new ArrayList<>();
  private volatile Instant now = NOON;
  private final StreamFixture fixture = new StreamFixture(model).clock(() -> now);
  private final LoadGovernor governor =
      governor(new SheddingSettings(Optional.of(TARGET), List.of()));

  @AfterEach
  void close() {
    fixture.close();
  }

  private LoadGovernor governor(SheddingSettings settings) {
    return new LoadGovernor(settings, () -> Duration.between(NOON, now).toNanos(), pressures::add);
  }

  private static AnalysisSettings settings(double overlapSeconds, Duration idle) {
    return LampModel.settings(
        new WindowPlan(
            Duration.ofSeconds(10), Duration.ofMillis(Math.round(1000 * overlapSeconds))),
        idle);
  }

  private static Instant at(double seconds) {
    return NOON.plusMillis(Math.round(seconds * 1000));
  }

  /// A chunk that a camera completes two seconds after its start.
  private static Chunk chunk(String stream, int number) {
    double from = number * CHUNK;
    return new Chunk(
        stream,
        new ChunkOrigin("video.chunks", 0, number),
        Optional.of(at(from)),
        at(from + CHUNK),
        OptionalLong.of(number),
        Optional.of(Duration.ofSeconds(2)),
        SCRIPT.chunk(from, from + CHUNK));
  }

  private static EndOfStream end(String stream, int number) {
    return new EndOfStream(stream, new ChunkOrigin("video.chunks", 0, number));
  }

  /// Runs a stream as its worker would.
  ///
  /// @param lag as a function of the stream's time, both in seconds
  private void run(LoadGovernor load, double overlapSeconds, int chunks, DoubleUnaryOperator lag) {
    StreamLifecycle lifecycle =
        new StreamLifecycle(
            "cam",
            settings(overlapSeconds, Duration.ofMinutes(10)),
            fixture.load(load).tools(),
            Optional.empty(),
            commits::add);
    StreamLag streamLag = new StreamLag("cam", load, () -> now);
    for (int number = 0; number < chunks; number++) {
      Instant turn =
          at((number + 1) * CHUNK)
              .plusMillis(Math.round(1000 * lag.applyAsDouble((number + 1) * CHUNK)));
      now = turn.isAfter(now) ? turn : now;
      Chunk chunk = chunk("cam", number);
      streamLag.report(chunk);
      lifecycle.accept(chunk);
    }
    lifecycle.accept(end("cam", chunks));
  }

  private <R extends Result> List<R> all(Class<R> kind) {
    return commits.stream()
        .flatMap(commit -> commit.results().stream())
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  private List<Summary> windows() {
    return all(Summary.class).stream().filter(s -> s.level() == Level.WINDOW).toList();
  }

  private static long millis(List<Gap> gaps) {
    return gaps.stream().mapToLong(gap -> gap.endOffsetMs() - gap.startOffsetMs()).sum();
  }

  private List<Result> inTime() {
    List<Result> both = new ArrayList<>(windows());
    both.addAll(all(Gap.class));
    both.sort(
        Comparator.comparing(
            result -> result instanceof Gap gap ? gap.start() : ((Summary) result).start()));
    return both;
  }

  @Nested
  class DetailLevels {

    @Test
    void stayFullWithoutATargetLag() {
      run(governor(SheddingSettings.OFF), 2, 45, seconds -> 3600);
      assertThat(all(Gap.class)).isEmpty();
      assertThat(windows())
          .hasSize(11)
          .extracting(Summary::sampling)
          .allSatisfy(sampling -> {
            assertThat(sampling.loadLevel()).isZero();
            assertThat(sampling.fps()).isEqualTo(LampModel.FPS);
            assertThat(sampling.lagMs()).isEqualTo(3_600_000);
          });
    }

    @Test
    void dropWhenTheStreamLagsAndRecover() {
      // For a minute it falls behind by half a second each second; then it catches up.
      run(
          governor,
          2,
          200,
          seconds -> seconds <= 60 ? seconds / 2 : Math.max(0, 30 - (seconds - 60)));
      assertThat(pressures.subList(0, 7)).containsExactly(1, 2, 3, 4, 5, 6, 7);
      assertThat(pressures.getLast()).isZero();

      List<Summary> windows = windows();
      assertThat(windows.getFirst().sampling().loadLevel()).isZero();
      Sampling less =
          windows.stream()
              .map(Summary::sampling)
              .filter(sampling -> sampling.loadLevel() > 0)
              .findFirst()
              .orElseThrow();
      assertThat(less.fps()).isLessThan(LampModel.FPS);
      assertThat(less.reason()).contains("behind");
      assertThat(less.lagMs()).isGreaterThan(TARGET.toMillis());
      assertThat(windows.getLast().sampling().loadLevel()).isZero();
      assertThat(windows.getLast().sampling().fps()).isEqualTo(LampModel.FPS);

      List<Gap> gaps = all(Gap.class);
      assertThat(gaps).isNotEmpty().extracting(Gap::cause).containsOnly(Cause.NOT_LOOKED);
      assertThat(gaps.getLast().end()).isBefore(windows.getLast().start());
      assertThat(all(StreamEnd.class))
          .singleElement()
          .satisfies(end -> {
            assertThat(end.notSeenMs()).isEqualTo(millis(gaps));
            assertThat(end.windows()).isEqualTo(windows.size());
          });
    }
  }

  @Nested
  class ShedWindows {

    @Test
    void leaveGapsWhereNoOtherWindowCovers() {
      run(LoadGovernors.heldAt(6), 2, 45, seconds -> 0);
      List<Summary> windows = windows();
      int questions = model.questions.get();
      assertThat(windows).hasSizeBetween(2, 3);
      assertThat(questions).as("the model is not asked about the others").isEqualTo(windows.size());
      Instant covered = NOON;
      for (Result result : inTime()) {
        Instant start = result instanceof Gap gap ? gap.start() : ((Summary) result).start();
        Instant until = result instanceof Gap gap ? gap.end() : ((Summary) result).end();
        assertThat(start).as("%s", result).isBeforeOrEqualTo(covered);
        if (result instanceof Gap) {
          assertThat(start).as("%s starts where the window ends", result).isEqualTo(covered);
        }
        covered = until;
      }
      assertThat(covered).isEqualTo(at(90));
      assertThat(all(Gap.class).getFirst().detail()).contains("one window in 4");
    }

    @Test
    void closeEventsThatCannotBeFollowed() {
      run(LoadGovernors.heldAt(5), 2, 45, seconds -> 0);
      List<VideoEvent> lampB =
          all(VideoEvent.class).stream().filter(e -> e.description().contains("bbb")).toList();
      assertThat(lampB).isNotEmpty();
      assertThat(lampB.stream().filter(e -> e.status() == Status.CLOSED).count())
          .as("each part that was analyzed is closed")
          .isEqualTo(lampB.stream().map(VideoEvent::id).distinct().count());
      List<Gap> gaps = all(Gap.class);
      assertThat(lampB)
          .allSatisfy(event ->
              assertThat(gaps)
                  .as("no event reaches across a gap: %s", event)
                  .noneMatch(gap ->
                      event.start().isBefore(gap.start()) && event.end().isAfter(gap.end())));
    }

    @Test
    void leaveNoGapWhereTheirNeighborsCoverAll() {
      run(LoadGovernors.heldAt(5), 6, 45, seconds -> 0);
      assertThat(windows()).hasSizeBetween(10, 11);
      assertThat(all(Gap.class))
          .as("except at the start and at the end, where there is only one neighbor")
          .allMatch(gap -> gap.start().equals(NOON) || gap.end().equals(at(90)));
      // The lamp that is on across a window that was shed is one event.
      assertThat(all(VideoEvent.class).stream().filter(e -> e.description().contains("bbb")))
          .extracting(VideoEvent::id)
          .containsOnly(
              all(VideoEvent.class).stream()
                  .filter(e -> e.description().contains("bbb"))
                  .findFirst()
                  .orElseThrow()
                  .id());
    }
  }

  @Nested
  class Lag {

    @Test
    void isReportedWhileRecordsWaitAndForgottenAtTheEnd() throws Exception {
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch proceed = new CountDownLatch(1);
      model.disturb =
          (question, answer) -> {
            asked.countDown();
            try {
              assertThat(proceed.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return answer;
          };
      BlockingQueue<StreamCommit> committed = new LinkedBlockingQueue<>();
      try (StreamAnalysis analysis =
          new StreamAnalysis(
              settings(2, Duration.ofMinutes(10)),
              fixture
                  .load(governor)
                  .sink(commit -> {
                    committed.add(commit);
                    return CompletableFuture.completedFuture(null);
                  })
                  .tools())) {
        now = at(10);
        for (int number = 0; number < 5; number++) {
          analysis.offer(chunk("cam", number));
        }
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        analysis.offer(chunk("cam", 5));
        now = at(24.5);
        analysis.offer(chunk("cam", 6));
        assertThat(governor.worstLag())
            .as("the first that waits")
            .isEqualTo(Duration.ofMillis(12_500));
        assertThat(governor.pressure()).isEqualTo(1);
        proceed.countDown();
        analysis.offer(end("cam", 7));
        StreamCommit commit;
        do {
          commit = committed.poll(20, TimeUnit.SECONDS);
          assertThat(commit).isNotNull();
        } while (commit.state().isPresent());
        until(() -> analysis.streams() == 0);
        until(() -> governor.worstLag().isZero());
        assertThat(governor.pressure()).isZero();
      }
    }

    @Test
    void ofARevokedOrIdleStreamIsForgotten() throws Exception {
      try (StreamAnalysis analysis =
          new StreamAnalysis(
              settings(2, Duration.ofMillis(50)),
              fixture
                  .load(governor)
                  .sink(commit -> CompletableFuture.completedFuture(null))
                  .tools())) {
        now = at(60);
        analysis.offer(chunk("revoked", 0));
        analysis.offer(chunk("idle", 0));
        until(() -> analysis.streams() == 1 || analysis.streams() == 0);
        analysis.forget("revoked"::equals);
        until(() -> analysis.streams() == 0);
        until(() -> governor.worstLag().isZero());
        // Its lag does not come back later.
        governor.recordLag("other", Duration.ofSeconds(1));
        assertThat(governor.worstLag()).isEqualTo(Duration.ofSeconds(1));
      }
    }
  }
}
