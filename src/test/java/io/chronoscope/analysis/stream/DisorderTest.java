package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.LampChunks.SECONDS;
import static io.chronoscope.analysis.stream.LampChunks.at;
import static io.chronoscope.analysis.stream.LampChunks.chunk;
import static io.chronoscope.analysis.stream.LampChunks.end;
import static io.chronoscope.analysis.stream.LampChunks.records;
import static io.chronoscope.analysis.stream.LampChunks.redriven;
import static io.chronoscope.analysis.stream.LampChunks.upTo;
import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static io.chronoscope.analysis.stream.StreamRun.all;
import static io.chronoscope.analysis.stream.StreamRun.results;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.stream.StreamRun.Committed;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Revised;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.testing.LoadGovernors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Streams whose chunks arrive late, twice or never, are redriven, or have a clock that jumps.
class DisorderTest {

  private final StreamRun run = new StreamRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Nested
  class LateChunks {

    @Test
    void withinTheAllowedLatenessChangeNothing() {
      List<Committed> inOrder = run.run(records(upTo(30)));
      assertThat(all(VideoEvent.class, inOrder)).isNotEmpty();
      for (int i = 0; i < 10; i++) {
        long seed = new Random().nextLong();
        System.out.println("shuffled within the allowed lateness, seed " + seed);
        Random random = new Random(seed);
        // No chunk is overtaken by one that starts ten seconds later.
        Map<Double, Integer> byArrival = new TreeMap<>();
        upTo(30).forEach(n -> byArrival.put(n + random.nextDouble() * 4, n));
        List<Integer> numbers = new ArrayList<>(byArrival.values());
        numbers.add(4 + random.nextInt(26), numbers.get(3));
        List<Committed> shuffled = run.run(records(numbers));
        assertThat(withoutChunks(shuffled)).as("seed %d", seed).isEqualTo(withoutChunks(inOrder));
      }
    }

    private static List<List<Object>> withoutChunks(List<Committed> committed) {
      return results(committed).stream()
          .filter(Revised.class::isInstance)
          .map(r ->
              r instanceof VideoEvent e
                  ? List.<Object>of(
                      e.id(),
                      e.revision(),
                      e.status(),
                      e.start(),
                      e.end(),
                      e.toleranceMs(),
                      e.sampling())
                  : List.<Object>of(r))
          .toList();
    }

    @Test
    void beyondTheAllowedLatenessAreRejectedAndLeaveAGap() {
      List<Integer> numbers = upTo(30);
      numbers.remove((Integer) 10);
      numbers.add(24, 10);
      List<Committed> committed = run.run(records(numbers));
      assertThat(all(Gap.class, committed))
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo(Cause.MISSING);
            assertThat(gap.start()).isEqualTo(at(20));
            assertThat(gap.end()).isEqualTo(at(22));
            assertThat(gap.detail()).contains("10");
          });
      assertThat(all(DeadLetter.class, committed))
          .singleElement()
          .satisfies(letter -> {
            assertThat(letter.rejection().reason()).isEqualTo(Rejection.Reason.LATE);
            assertThat(letter.rejection().detail()).contains("30.000 s before the watermark");
          });
      assertThat(all(StreamEnd.class, committed))
          .extracting(StreamEnd::notSeenMs)
          .containsExactly(2000L);
      // The lamp that is on through the gap is one event; its bounds lie far from the gap.
      assertThat(
              all(VideoEvent.class, committed).stream()
                  .filter(e -> e.description().contains("ddd"))
                  .map(VideoEvent::id)
                  .distinct())
          .hasSize(1);
    }
  }

  @Nested
  class Gaps {

    @Test
    void widenTheToleranceOfABoundThatTouchesThem() {
      List<Integer> numbers = upTo(30);
      numbers.removeAll(List.of(22, 23)); // 44 to 48; lamp e is on from 44 to 47
      numbers.removeAll(List.of(6)); // 12 to 14; lamp b is on until 13
      List<Committed> committed = run.run(records(numbers));
      VideoEvent cut =
          all(VideoEvent.class, committed).stream()
              .filter(e -> e.description().contains("bbb"))
              .reduce((a, b) -> b)
              .orElseThrow();
      assertThat(Duration.between(at(13), cut.end()).abs().toMillis())
          .isLessThanOrEqualTo(cut.toleranceMs());
      assertThat(cut.toleranceMs()).isGreaterThanOrEqualTo(2000);
    }

    @Test
    void coverAChunkThatCannotBeRead() {
      List<Optional<StreamInput>> actions = records(upTo(10));
      Chunk bad = (Chunk) actions.get(4).orElseThrow();
      actions.set(
          4,
          Optional.of(
              new Chunk(
                  "cam",
                  bad.origin(),
                  bad.declaredStart(),
                  NOON,
                  bad.sequence(),
                  Optional.empty(),
                  LampChunks.garbage().bytes())));
      List<Committed> committed = run.run(actions);
      assertThat(all(Gap.class, committed))
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo(Cause.UNREADABLE);
            assertThat(gap.start()).isEqualTo(at(8));
            assertThat(gap.end()).isEqualTo(at(10));
          });
    }

    @Test
    void coverTheTimeForWhichAChunkHasNoFrames() {
      List<Optional<StreamInput>> actions = records(upTo(30));
      Chunk whole = (Chunk) actions.get(22).orElseThrow(); // 44 to 46; lamp e is on from 44
      actions.set(22, Optional.of(LampChunks.withMedia(whole, LampChunks.withoutFrames(whole))));
      actions.add(30, Optional.of(redriven(whole, 30)));
      actions.set(31, Optional.of(end(31)));
      List<Committed> committed = run.run(actions);
      assertThat(all(Gap.class, committed))
          .extracting(
              gap -> gap.revision() + " " + gap.status() + " " + gap.startOffsetMs() / 100.0)
          .containsExactly("1 CLOSED 444.0", "2 WITHDRAWN 444.0");
      assertThat(all(Gap.class, committed).getFirst())
          .satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo(Cause.MISSING);
            assertThat(gap.end()).isEqualTo(at(45.6));
          });
      assertThat(all(StreamEnd.class, committed))
          .extracting(StreamEnd::notSeenMs)
          .containsExactly(0L);
    }

    @Test
    void coverNoMomentTwiceWhenWindowsAreShed() {
      run.load(LoadGovernors.heldAt(7));
      List<Integer> numbers = upTo(40);
      numbers.removeAll(List.of(7, 8, 20));
      List<Optional<StreamInput>> actions = records(numbers);
      actions.removeLast();
      // A chunk that was shed is sent again; another that was shed, and one that was missing, are
      // redriven.
      actions.add(Optional.of(chunk(37, 12)));
      actions.add(Optional.of(redriven(chunk(0, 13), 38)));
      actions.add(Optional.of(redriven(chunk(0, 20), 39)));
      actions.add(Optional.of(end(40)));
      List<Committed> committed = run.run(actions);

      assertThat(run.rejected()).isZero();
      assertThat(run.duplicates()).as("nothing of it is missing, so no repair").isEqualTo(2);
      List<Gap> last = new ArrayList<>();
      for (Gap gap : all(Gap.class, committed)) {
        last.removeIf(before -> before.id().equals(gap.id()));
        last.add(gap);
      }
      assertThat(last).filteredOn(gap -> gap.status() == Status.WITHDRAWN).singleElement();
      last.removeIf(gap -> gap.status() == Status.WITHDRAWN);
      assertThat(last).extracting(Gap::cause).contains(Cause.MISSING, Cause.NOT_LOOKED);
      last.sort(Comparator.comparing(Gap::start));
      for (int i = 1; i < last.size(); i++) {
        assertThat(last.get(i).start()).isAfterOrEqualTo(last.get(i - 1).end());
      }
      assertThat(all(StreamEnd.class, committed))
          .extracting(StreamEnd::notSeenMs)
          .containsExactly(
              last.stream().mapToLong(gap -> gap.endOffsetMs() - gap.startOffsetMs()).sum());
      assertThat(all(StreamEnd.class, committed).getFirst().windows())
          .as("windows that were analyzed, and the repair")
          .isEqualTo(
              all(Summary.class, committed).stream()
                  .filter(s -> s.level() == Level.WINDOW)
                  .count());
    }
  }

  @Nested
  class RedrivenChunks {

    @Test
    void repairTheirGapOnce() {
      List<Integer> numbers = upTo(30);
      numbers.remove((Integer) 22); // 44 to 46, where lamp e turns on
      List<Optional<StreamInput>> actions = records(numbers);
      actions.removeLast();
      Chunk again = redriven(chunk(0, 22), 29);
      actions.add(Optional.of(again));
      actions.add(Optional.of(LampChunks.atOffset(again, 30)));
      actions.add(Optional.of(end(31)));
      List<Committed> committed = run.run(actions);
      assertThat(all(Gap.class, committed))
          .extracting(gap -> gap.revision() + " " + gap.status())
          .containsExactly("1 CLOSED", "2 WITHDRAWN");
      assertThat(all(VideoEvent.class, committed))
          .filteredOn(e -> e.chunks().equals(List.of(again.origin())))
          .singleElement()
          .satisfies(e -> {
            assertThat(e.description()).contains("eee");
            assertThat(e.start()).isEqualTo(at(44));
            assertThat(e.status()).isEqualTo(Status.CLOSED);
          });
      assertThat(all(StreamEnd.class, committed))
          .extracting(StreamEnd::notSeenMs)
          .containsExactly(0L);
      assertThat(run.duplicates()).isOne();
    }

    @Test
    void repairNoMoreThanTheyHaveFramesFor() {
      List<Integer> numbers = upTo(30);
      numbers.remove((Integer) 22);
      List<Optional<StreamInput>> actions = records(numbers);
      actions.removeLast();
      Chunk whole = redriven(chunk(0, 22), 29);
      actions.add(Optional.of(LampChunks.withMedia(whole, LampChunks.withoutFrames(whole))));
      actions.add(Optional.of(end(30)));
      List<Committed> committed = run.run(actions);
      Map<String, Gap> last = new TreeMap<>();
      all(Gap.class, committed).forEach(gap -> last.put(gap.id(), gap));
      assertThat(last.values().stream().filter(gap -> gap.status() == Status.CLOSED))
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.start()).isEqualTo(at(44.4));
            assertThat(gap.end()).isEqualTo(at(45.6));
          });
      assertThat(all(StreamEnd.class, committed))
          .extracting(StreamEnd::notSeenMs)
          .containsExactly(1200L);
    }

    @Test
    void reviseTheSummaryOfTheirMinuteAndNoOther() {
      List<Integer> numbers = upTo(150);
      numbers.remove((Integer) 4); // 8 to 10, in which lamp c is on
      List<StreamInput> inputs = new ArrayList<>();
      for (int number : numbers) {
        inputs.add(chunk(inputs.size(), number));
        if (number == 130) {
          inputs.add(redriven(chunk(0, 4), inputs.size()));
        }
      }
      inputs.add(end(inputs.size()));
      List<Committed> committed = run.run(LampChunks.actions(inputs));
      List<Summary> summaries = all(Summary.class, committed);
      List<Summary> minutes = summaries.stream().filter(s -> s.level() == Level.MINUTE).toList();
      assertThat(minutes)
          .extracting(s -> s.startOffsetMs() / 60_000 + " r" + s.revision())
          .containsExactly("0 r1", "1 r1", "2 r1", "3 r1", "0 r2", "4 r1");
      Summary repair = summaries.get(summaries.indexOf(minutes.get(4)) - 1);
      assertThat(repair.level()).isEqualTo(Level.WINDOW);
      assertThat(repair.start()).isEqualTo(at(8));
      assertThat(minutes.get(4).restsOn())
          .containsAll(minutes.getFirst().restsOn())
          .contains(repair.id());
      assertThat(minutes.get(4).text()).contains("00:08 - 00:10: Lamps [b, c].");
      assertThat(summaries)
          .filteredOn(s -> s.level() == Level.STREAM)
          .singleElement()
          .satisfies(whole -> assertThat(whole.restsOn()).hasSize(5));
    }
  }

  @Nested
  class Clocks {

    @Test
    void setBackStartANewTimeline() {
      List<StreamInput> inputs = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        inputs.add(chunk(i, i, 2 * i, 2 * i + 2, 100 + 2 * i));
      }
      for (int i = 10; i < 20; i++) {
        inputs.add(chunk(i, i, 2 * i, 2 * i + 2, 2 * i));
      }
      inputs.add(end(20));
      List<Committed> committed = run.run(LampChunks.actions(inputs));
      assertThat(all(Gap.class, committed))
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo(Cause.CLOCK);
            assertThat(gap.start()).isEqualTo(at(120));
            assertThat(gap.detail()).contains(at(120).toString()).contains(at(20).toString());
          });
      assertThat(all(Summary.class, committed).stream().filter(s -> s.level() == Level.STREAM))
          .extracting(Summary::start)
          .containsExactly(at(100), at(20));
      assertThat(all(StreamEnd.class, committed))
          .extracting(StreamEnd::start)
          .containsExactly(at(20));
      assertThat(all(VideoEvent.class, committed))
          .filteredOn(e -> e.description().contains("ddd"))
          .extracting(VideoEvent::start)
          .contains(at(115), at(20));
    }

    @Test
    void mayJumpByACentury() {
      double later = 170 * 365 * 86_400.0;
      List<StreamInput> inputs =
          List.of(
              chunk(0, 0),
              chunk(1, 1, SECONDS, 2 * SECONDS, later),
              chunk(2, 2),
              chunk(3, 3),
              end(4));
      List<Committed> committed = run.run(LampChunks.actions(inputs));
      assertThat(all(Gap.class, committed))
          .extracting(gap -> gap.cause() + " " + gap.start() + " " + gap.end())
          .containsExactly(
              "CLOCK " + at(2) + " " + at(later), "CLOCK " + at(later + 2) + " " + at(later + 2));
      assertThat(all(StreamEnd.class, committed)).extracting(StreamEnd::end).containsExactly(at(8));
      assertThat(run.decoded()).isEqualTo(4);
    }

    @Test
    void setBackByAChunkThatCannotBeReadLeaveAnEmptyTimeline() {
      List<StreamInput> inputs = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        inputs.add(chunk(i, i, 2 * i, 2 * i + 2, 100 + 2 * i));
      }
      inputs.add(
          new Chunk(
              "cam",
              LampChunks.origin(10),
              Optional.of(at(20)),
              NOON,
              OptionalLong.of(10),
              Optional.empty(),
              LampChunks.garbage().bytes()));
      inputs.add(end(11));
      List<Committed> committed = run.run(LampChunks.actions(inputs));
      assertThat(results(committed).getLast())
          .isEqualTo(
              new StreamEnd(StableIds.of("end", "cam", at(20)), "cam", at(20), at(20), 0, 0, 0, 0));
    }
  }
}
