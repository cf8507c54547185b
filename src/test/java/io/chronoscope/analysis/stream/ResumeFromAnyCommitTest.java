package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.StreamRun.all;
import static io.chronoscope.analysis.stream.StreamRun.results;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.ChunkTimes;
import io.chronoscope.analysis.stream.StreamRun.Committed;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Revised;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.testing.LoadGovernors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Kills the process after each commit of a generated stream: whatever follows is the same as
/// without the kill. And of every moment of the stream it is published whether it was analyzed.
///
/// The system property `seeds` sets how many streams each test generates.
class ResumeFromAnyCommitTest {

  private final StreamRun run = new StreamRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void continuesAsIfNothingHadHappened() {
    for (int i = 0; i < Integer.getInteger("seeds", 60); i++) {
      long seed = new Random().nextLong();
      System.out.println("disorderly stream, seed " + seed);
      continuesAsIfNothingHadHappened(seed);
    }
  }

  @Test
  void continuesAsIfNothingHadHappenedWhileWindowsAreShed() {
    for (int i = 0; i < Integer.getInteger("seeds", 45); i++) {
      long seed = new Random().nextLong();
      run.load(LoadGovernors.heldAt(5 + i % 3));
      System.out.println("disorderly stream at load level " + (5 + i % 3) + ", seed " + seed);
      continuesAsIfNothingHadHappened(seed);
    }
  }

  /// With an overlap of more than half, a window starts before the one that was shed or had no
  /// frames.
  @Test
  void continuesAsIfNothingHadHappenedWithAnyOverlap() {
    for (int i = 0; i < Integer.getInteger("seeds", 40); i++) {
      long seed = new Random().nextLong();
      int overlap = 2 * (i % 5);
      int level = i / 5 % 4 == 0 ? 0 : 4 + i / 5 % 4;
      run.load(level == 0 ? LoadGovernor.off() : LoadGovernors.heldAt(level));
      run.overlapSeconds(overlap);
      System.out.println(
          "disorderly stream, overlap %d s, load level %d, seed %d"
              .formatted(overlap, level, seed));
      continuesAsIfNothingHadHappened(seed);
    }
  }

  /// Streams that once went wrong.
  @ParameterizedTest
  @ValueSource(
      longs = {
        // Its clock is set back to a chunk that cannot be read, and then it ends.
        7746711658622062385L,
        // It becomes idle after its clock was set back to a chunk that cannot be read.
        8913621396224090770L,
        // A gap is repaired when the minute it lies in can no longer change.
        1787015447831476296L
      })
  void continuesAsIfNothingHadHappened(long seed) {
    List<Optional<StreamInput>> actions = DisorderlyStreams.generate(new Random(seed));
    List<Committed> undisturbed = run.run(actions);
    checkWhole(seed, actions, undisturbed);
    for (int kept = 0; kept < undisturbed.size(); kept++) {
      List<Committed> resumed = run.resume(undisturbed.get(kept), actions);
      List<Committed> expected = undisturbed.subList(kept + 1, undisturbed.size());
      assertThat(results(resumed))
          .as("seed %d, after commit %d", seed, kept)
          .isEqualTo(results(expected));
      assertThat(resumed.stream().map(Committed::commit).toList())
          .as("seed %d, after commit %d", seed, kept)
          .isEqualTo(expected.stream().map(Committed::commit).toList());
    }
  }

  private void checkWhole(
      long seed, List<Optional<StreamInput>> actions, List<Committed> committed) {
    long chunks =
        actions.stream().flatMap(Optional::stream).filter(Chunk.class::isInstance).count();
    long others =
        actions.stream().flatMap(Optional::stream).filter(Unreadable.class::isInstance).count();
    assertThat(run.decoded() + run.duplicates() + run.rejected() + run.shed())
        .as("seed %d: each record is decoded, skipped, shed or rejected, once", seed)
        .isEqualTo((int) (chunks + others));
    Set<String> published = new HashSet<>();
    for (Revised result : all(Revised.class, committed)) {
      assertThat(published.add(result.id() + "/" + result.revision()))
          .as("seed %d: %s once", seed, result)
          .isTrue();
    }
    Set<ChunkOrigin> rejected = new HashSet<>();
    all(DeadLetter.class, committed)
        .forEach(letter ->
            assertThat(rejected.add(letter.origin())).as("seed %d: %s", seed, letter).isTrue());
    if (all(StreamEnd.class, committed).isEmpty()) {
      assertThat(all(Summary.class, committed)).as("seed %d", seed).isEmpty();
      return;
    }
    StreamEnd end = all(StreamEnd.class, committed).getFirst();
    assertThat(results(committed).getLast()).isEqualTo(end);
    checkEveryMomentIsCovered(seed, end, committed);
  }

  /// Every moment of the last timeline is in the summary of a window or in a gap.
  private void checkEveryMomentIsCovered(long seed, StreamEnd end, List<Committed> committed) {
    Map<String, Gap> gaps = new TreeMap<>();
    List<Instant[]> spans = new ArrayList<>();
    for (Result result : results(committed)) {
      if (result instanceof Gap gap) {
        gaps.put(gap.id(), gap);
      } else if (result instanceof Summary summary
          && summary.level() == Level.WINDOW
          && countsFrom(end.start(), summary.start(), summary.startOffsetMs())) {
        spans.add(new Instant[] {summary.start(), summary.end()});
      }
    }
    gaps.values().stream()
        .filter(gap -> gap.status() == Status.CLOSED)
        .filter(gap -> countsFrom(end.start(), gap.start(), gap.startOffsetMs()))
        .forEach(gap -> spans.add(new Instant[] {gap.start(), gap.end()}));
    spans.sort(Comparator.comparing(span -> span[0]));
    Instant covered = end.start();
    for (Instant[] span : spans) {
      assertThat(Duration.between(covered, span[0]))
          .as("seed %d: nothing covers %s to %s", seed, covered, span[0])
          .isLessThanOrEqualTo(tolerance());
      covered = Collections.max(List.of(covered, span[1]));
    }
    assertThat(Duration.between(covered, end.end()))
        .as("seed %d: nothing covers %s to the end at %s", seed, covered, end.end())
        .isLessThanOrEqualTo(tolerance());
  }

  /// Jitter that is no gap, and half the distance between frames.
  private Duration tolerance() {
    return ChunkTimes.TIMESTAMP_JITTER.plusMillis(
        500L * run.load().detailLevel("cam").fpsDivisor());
  }

  private static boolean countsFrom(Instant start, Instant time, long offsetMs) {
    return Duration.between(start, time.minusMillis(offsetMs)).abs().toMillis() <= 1;
  }
}
