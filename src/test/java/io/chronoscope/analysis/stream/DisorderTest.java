package io.chronoscope.analysis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.ChunkShed;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkTimes;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.EmbeddingCache;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchLimits;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
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
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.testing.LoadGovernors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Streams whose chunks come as they like: late, twice, never, with a clock that jumps. What is
/// said of them does not depend on where the process was killed, and says of every moment whether
/// it was seen.
class DisorderTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final double CHUNK = 2;
  private static final LampVideo.Script SCRIPT =
      new LampVideo.Script(10)
          .on('a', 1, 3)
          .on('b', 7, 13)
          .on('c', 8.5, 9.5)
          .on('d', 15, 40)
          .on('a', 30, 32)
          .on('e', 44, 47)
          .on('f', 55, 56);

  private final LampModel model = new LampModel();
  private final BatchedModel batched =
      new BatchedModel(
          model,
          new BatchLimits(16, Duration.ZERO),
          new BatchLimits(4, Duration.ZERO),
          size -> {},
          size -> {});
  private AnalysisSettings settings = settings(2);
  private LoadGovernor load = LoadGovernor.off();
  private int decoded;
  private int skipped;
  private int rejected;
  private int leftOut;

  private static AnalysisSettings settings(int overlapSeconds) {
    return LampModel.settings(
        new WindowPlan(
            Duration.ofSeconds(10), Duration.ofSeconds(overlapSeconds), Duration.ofSeconds(3)),
        Duration.ofMinutes(10));
  }

  @AfterEach
  void close() {
    batched.close();
  }

  private final AnalysisListener counting =
      event -> {
        decoded += event instanceof ChunkDecoded ? 1 : 0;
        leftOut += event instanceof ChunkShed ? 1 : 0;
        rejected += event instanceof ChunkRejected ? 1 : 0;
        skipped += event instanceof DuplicateChunkSkipped ? 1 : 0;
      };

  /// A step, and how much had been read by then.
  private record Made(StreamCommit step, int actions) {}

  /// The stream as its lane would follow it. An empty action is a silence.
  private List<Made> run(
      Optional<Made> from, List<Optional<StreamInput>> actions, AnalysisListener listener) {
    List<Made> made = new ArrayList<>();
    int[] at = {from.map(Made::actions).orElse(0)};
    StreamTools tools =
        new StreamTools(
            new WindowTools(
                new LampVideo(),
                ReferencedMedia.NONE,
                batched,
                new EmbeddingCache(batched, EmbeddingCache.DEFAULT_MAX_BYTES),
                listener,
                () -> NOON),
            load,
            Rules.NONE,
            step -> {
              throw new AssertionError("steps are handed over directly");
            });
    Optional<StreamLifecycle.Resumed> resumed =
        from.flatMap(f ->
            f.step()
                .state()
                .map(state -> new StreamLifecycle.Resumed(state, f.step().resumeFrom())));
    StreamLifecycle analyzer =
        new StreamLifecycle(
            "cam", settings, tools, resumed, step -> made.add(new Made(step, at[0])));
    analyzer.start();
    if (from.isPresent() && resumed.isPresent()) {
      long first = from.get().step().resumeFrom().offset();
      for (Optional<StreamInput> action : actions.subList(0, at[0])) {
        if (action.isPresent() && action.get().origin().offset() >= first) {
          analyzer.accept(action.get());
        }
      }
    }
    while (at[0] < actions.size()) {
      Optional<StreamLifecycle.Resumed> rests = Optional.empty();
      if (!analyzer.hasEnded()) {
        Optional<StreamInput> action = actions.get(at[0]++);
        if (action.isPresent()) {
          analyzer.accept(action.get());
        } else {
          rests = analyzer.idle();
        }
      }
      if (rests.isPresent() || analyzer.hasEnded()) {
        analyzer.close();
        analyzer =
            new StreamLifecycle(
                "cam", settings, tools, rests, step -> made.add(new Made(step, at[0])));
        analyzer.start();
      }
    }
    analyzer.close();
    return made;
  }

  private static List<Result> results(List<Made> made) {
    return made.stream().flatMap(m -> m.step().results().stream()).toList();
  }

  private static <R extends Result> List<R> all(Class<R> kind, List<Made> made) {
    return results(made).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static List<Optional<StreamInput>> numbered(List<StreamInput> inputs) {
    return inputs.stream().map(Optional::of).toList();
  }

  private static Chunk chunk(long offset, long number, double from, double until, double start) {
    return new Chunk(
        "cam",
        origin(offset),
        Optional.of(at(start)),
        NOON,
        OptionalLong.of(number),
        Optional.of(Duration.ofMillis(Math.round((until - from) * 1000))),
        SCRIPT.chunk(from, until));
  }

  private static Chunk redriven(Chunk chunk, long offset) {
    return new Chunk(
        "cam",
        origin(offset),
        chunk.declaredStart(),
        NOON,
        chunk.sequence(),
        chunk.declaredDuration(),
        chunk.media(),
        true);
  }

  private static Chunk moved(Chunk chunk, long offset) {
    return new Chunk(
        "cam",
        origin(offset),
        chunk.declaredStart(),
        chunk.recordTime(),
        chunk.sequence(),
        chunk.declaredDuration(),
        chunk.media(),
        chunk.redriven());
  }

  private static ChunkOrigin origin(long offset) {
    return new ChunkOrigin("video.chunks", 0, offset);
  }

  private static Instant at(double seconds) {
    return NOON.plusMillis(Math.round(seconds * 1000));
  }

  private static EndOfStream end(long offset) {
    return new EndOfStream("cam", origin(offset));
  }

  /// The whole video in order of these chunk numbers, at rising offsets, and its end.
  private static List<Optional<StreamInput>> inOrder(List<Integer> numbers) {
    List<StreamInput> inputs = new ArrayList<>();
    for (int number : numbers) {
      double from = number * CHUNK;
      inputs.add(chunk(inputs.size(), number, from, from + CHUNK, from));
    }
    inputs.add(end(inputs.size()));
    return numbered(inputs);
  }

  private static List<Integer> upTo(int chunks) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private static List<List<Object>> withoutChunks(List<Made> made) {
    return results(made).stream()
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
  void saysTheSameWhenChunksComeOutOfOrderWithinGrace() {
    List<Made> inOrder = run(Optional.empty(), inOrder(upTo(30)), AnalysisListener.SILENT);
    assertThat(all(VideoEvent.class, inOrder)).isNotEmpty();
    for (int i = 0; i < 10; i++) {
      long seed = new Random().nextLong();
      System.out.println("shuffled within grace, seed " + seed);
      Random random = new Random(seed);
      // No chunk is overtaken by one that begins ten seconds later.
      Map<Double, Integer> byArrival = new TreeMap<>();
      upTo(30).forEach(n -> byArrival.put(n + random.nextDouble() * 4, n));
      List<Integer> numbers = new ArrayList<>(byArrival.values());
      numbers.add(4 + random.nextInt(26), numbers.get(3));
      List<Made> shuffled = run(Optional.empty(), inOrder(numbers), AnalysisListener.SILENT);
      assertThat(withoutChunks(shuffled)).as("seed %d", seed).isEqualTo(withoutChunks(inOrder));
    }
  }

  @Test
  void tellsWhatIsMissingAndRefusesWhatComesTooLate() {
    List<Integer> numbers = upTo(30);
    numbers.remove((Integer) 10);
    numbers.add(24, 10);
    List<Made> made = run(Optional.empty(), inOrder(numbers), counting);
    assertThat(all(Gap.class, made))
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.cause()).isEqualTo(Cause.MISSING);
          assertThat(gap.start()).isEqualTo(at(20));
          assertThat(gap.end()).isEqualTo(at(22));
          assertThat(gap.detail()).contains("10");
        });
    assertThat(all(DeadLetter.class, made))
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.rejection().reason()).isEqualTo(Rejection.Reason.LATE);
          assertThat(letter.rejection().detail()).contains("28.000 s late");
        });
    assertThat(all(StreamEnd.class, made)).extracting(StreamEnd::notSeenMs).containsExactly(2000L);
    // The lamp that is on through the gap is one event; its bounds lie far from the gap.
    assertThat(
            all(VideoEvent.class, made).stream()
                .filter(e -> e.description().contains("ddd"))
                .map(VideoEvent::id)
                .distinct())
        .hasSize(1);
  }

  @Test
  void includesAGapInTheToleranceOfABoundThatTouchesIt() {
    List<Integer> numbers = upTo(30);
    numbers.removeAll(List.of(22, 23)); // 44 to 48; lamp e is on from 44 to 47
    numbers.removeAll(List.of(6)); // 12 to 14; lamp b is on until 13
    List<Made> made = run(Optional.empty(), inOrder(numbers), AnalysisListener.SILENT);
    VideoEvent cut =
        all(VideoEvent.class, made).stream()
            .filter(e -> e.description().contains("bbb"))
            .reduce((a, b) -> b)
            .orElseThrow();
    assertThat(Duration.between(at(13), cut.end()).abs().toMillis())
        .isLessThanOrEqualTo(cut.toleranceMs());
    assertThat(cut.toleranceMs()).isGreaterThanOrEqualTo(2000);
  }

  @Test
  void repairsWithAChunkThatIsSentAgain() {
    List<Integer> numbers = upTo(30);
    numbers.remove((Integer) 22); // 44 to 46, where lamp e begins
    List<Optional<StreamInput>> actions = new ArrayList<>(inOrder(numbers));
    actions.removeLast();
    Chunk again = redriven(chunk(0, 22, 44, 46, 44), 29);
    actions.add(Optional.of(again));
    actions.add(Optional.of(moved(again, 30)));
    actions.add(Optional.of(end(31)));
    List<Made> made = run(Optional.empty(), actions, counting);
    assertThat(all(Gap.class, made))
        .extracting(gap -> gap.revision() + " " + gap.status())
        .containsExactly("1 CLOSED", "2 WITHDRAWN");
    assertThat(all(VideoEvent.class, made))
        .filteredOn(e -> e.chunks().equals(List.of(again.origin())))
        .singleElement()
        .satisfies(e -> {
          assertThat(e.description()).contains("eee");
          assertThat(e.start()).isEqualTo(at(44));
          assertThat(e.status()).isEqualTo(Status.CLOSED);
        });
    assertThat(all(StreamEnd.class, made)).extracting(StreamEnd::notSeenMs).containsExactly(0L);
    assertThat(skipped).isOne();
  }

  @Test
  void tellsTheMinuteOfALateRepairAgainAndNoOther() {
    List<Integer> numbers = upTo(150);
    numbers.remove((Integer) 4); // 8 to 10, in which lamp c is on
    List<StreamInput> inputs = new ArrayList<>();
    for (int number : numbers) {
      double from = number * CHUNK;
      inputs.add(chunk(inputs.size(), number, from, from + CHUNK, from));
      if (number == 130) {
        inputs.add(redriven(chunk(0, 4, 8, 10, 8), inputs.size()));
      }
    }
    inputs.add(end(inputs.size()));
    List<Made> made = run(Optional.empty(), numbered(inputs), AnalysisListener.SILENT);
    List<Summary> summaries = all(Summary.class, made);
    List<Summary> minutes = summaries.stream().filter(s -> s.level() == Level.MINUTE).toList();
    assertThat(minutes)
        .extracting(s -> s.startOffsetMs() / 60_000 + " r" + s.revision())
        .containsExactly("0 r1", "1 r1", "2 r1", "3 r1", "0 r2", "4 r1");
    Summary look = summaries.get(summaries.indexOf(minutes.get(4)) - 1);
    assertThat(look.level()).isEqualTo(Level.WINDOW);
    assertThat(look.start()).isEqualTo(at(8));
    assertThat(minutes.get(4).restsOn())
        .containsAll(minutes.getFirst().restsOn())
        .contains(look.id());
    assertThat(minutes.get(4).text()).contains("00:08 - 00:10: Lamps [b, c].");
    assertThat(summaries)
        .filteredOn(s -> s.level() == Level.STREAM)
        .singleElement()
        .satisfies(whole -> assertThat(whole.restsOn()).hasSize(5));
  }

  @Test
  void beginsANewTimelineWhenTheClockIsSetBack() {
    List<StreamInput> inputs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      inputs.add(chunk(i, i, 2 * i, 2 * i + 2, 100 + 2 * i));
    }
    for (int i = 10; i < 20; i++) {
      inputs.add(chunk(i, i, 2 * i, 2 * i + 2, 2 * i));
    }
    inputs.add(end(20));
    List<Made> made = run(Optional.empty(), numbered(inputs), counting);
    assertThat(all(Gap.class, made))
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.cause()).isEqualTo(Cause.CLOCK);
          assertThat(gap.start()).isEqualTo(at(120));
          assertThat(gap.detail()).contains(at(120).toString()).contains(at(20).toString());
        });
    assertThat(all(Summary.class, made).stream().filter(s -> s.level() == Level.STREAM))
        .extracting(Summary::start)
        .containsExactly(at(100), at(20));
    assertThat(all(StreamEnd.class, made)).extracting(StreamEnd::start).containsExactly(at(20));
    assertThat(all(VideoEvent.class, made))
        .filteredOn(e -> e.description().contains("ddd"))
        .extracting(VideoEvent::start)
        .contains(at(115), at(20));
  }

  @Test
  void aClockMayShowAnotherCentury() {
    double later = 170 * 365 * 86_400.0;
    List<StreamInput> inputs =
        List.of(
            chunk(0, 0, 0, 2, 0),
            chunk(1, 1, 2, 4, later),
            chunk(2, 2, 4, 6, 4),
            chunk(3, 3, 6, 8, 6),
            end(4));
    List<Made> made = run(Optional.empty(), numbered(inputs), counting);
    assertThat(all(Gap.class, made))
        .extracting(gap -> gap.cause() + " " + gap.start() + " " + gap.end())
        .containsExactly(
            "CLOCK " + at(2) + " " + at(later), "CLOCK " + at(later + 2) + " " + at(later + 2));
    assertThat(all(StreamEnd.class, made)).extracting(StreamEnd::end).containsExactly(at(8));
    assertThat(decoded).isEqualTo(4);
  }

  @Test
  void tellsWhatCouldNotBeReadAsAGap() {
    List<Optional<StreamInput>> actions = new ArrayList<>(inOrder(upTo(10)));
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
                ByteBuffer.wrap("garbage".getBytes(StandardCharsets.UTF_8)))));
    List<Made> made = run(Optional.empty(), actions, counting);
    assertThat(all(Gap.class, made))
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.cause()).isEqualTo(Cause.UNREADABLE);
          assertThat(gap.start()).isEqualTo(at(8));
          assertThat(gap.end()).isEqualTo(at(10));
        });
  }

  /// Twelve of its frames are not there.
  private static Media.Inline holed(Chunk chunk) {
    return new Media.Inline(LampVideo.without(((Media.Inline) chunk.media()).bytes(), 4, 16));
  }

  @Test
  void tellsWhatAChunkDoesNotShowAsAGap() {
    List<Optional<StreamInput>> actions = new ArrayList<>(inOrder(upTo(30)));
    Chunk whole = (Chunk) actions.get(22).orElseThrow(); // 44 to 46; lamp e is on from 44
    actions.set(
        22,
        Optional.of(
            new Chunk(
                "cam",
                whole.origin(),
                whole.declaredStart(),
                NOON,
                whole.sequence(),
                whole.declaredDuration(),
                holed(whole),
                false)));
    actions.add(30, Optional.of(redriven(whole, 30)));
    actions.set(31, Optional.of(end(31)));
    List<Made> made = run(Optional.empty(), actions, counting);
    assertThat(all(Gap.class, made))
        .extracting(gap -> gap.revision() + " " + gap.status() + " " + gap.startOffsetMs() / 100.0)
        .containsExactly("1 CLOSED 444.0", "2 WITHDRAWN 444.0");
    assertThat(all(Gap.class, made).getFirst())
        .satisfies(gap -> {
          assertThat(gap.cause()).isEqualTo(Cause.MISSING);
          assertThat(gap.end()).isEqualTo(at(45.6));
        });
    assertThat(all(StreamEnd.class, made)).extracting(StreamEnd::notSeenMs).containsExactly(0L);
  }

  @Test
  void repairsNoMoreThanTheChunkShows() {
    List<Integer> numbers = upTo(30);
    numbers.remove((Integer) 22);
    List<Optional<StreamInput>> actions = new ArrayList<>(inOrder(numbers));
    actions.removeLast();
    Chunk whole = redriven(chunk(0, 22, 44, 46, 44), 29);
    actions.add(
        Optional.of(
            new Chunk(
                "cam",
                whole.origin(),
                whole.declaredStart(),
                NOON,
                whole.sequence(),
                whole.declaredDuration(),
                holed(whole),
                true)));
    actions.add(Optional.of(end(30)));
    List<Made> made = run(Optional.empty(), actions, counting);
    Map<String, Gap> last = new TreeMap<>();
    all(Gap.class, made).forEach(gap -> last.put(gap.id(), gap));
    assertThat(last.values().stream().filter(gap -> gap.status() == Status.CLOSED))
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.start()).isEqualTo(at(44.4));
          assertThat(gap.end()).isEqualTo(at(45.6));
        });
    assertThat(all(StreamEnd.class, made)).extracting(StreamEnd::notSeenMs).containsExactly(1200L);
  }

  /// A stream with everything that can go wrong.
  private static List<Optional<StreamInput>> disorderly(Random random) {
    boolean lengths = random.nextInt(4) > 0;
    boolean numbers = random.nextInt(4) > 0;
    double zero = 0;
    record Sent(double when, Chunk chunk) {}
    List<Sent> sent = new ArrayList<>();
    int count = 12 + random.nextInt(16);
    int firstNumber = random.nextInt(5) == 0 ? 100 : 0;
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(30)) {
        case 0 -> zero += 5 + random.nextInt(40);
        case 1 -> zero -= 5 + random.nextInt(40);
        default -> {}
      }
      double from = i * CHUNK;
      double overlap = random.nextInt(8) == 0 && i > 0 ? 1 : 0;
      boolean bad = random.nextInt(15) == 0;
      boolean hole = (31 * i + 7 * count + firstNumber) % 10 == 0;
      Chunk whole = chunk(0, firstNumber + i, from - overlap, from + CHUNK, zero + from - overlap);
      Chunk chunk =
          new Chunk(
              "cam",
              whole.origin(),
              whole.declaredStart(),
              NOON,
              numbers ? whole.sequence() : OptionalLong.empty(),
              lengths ? whole.declaredDuration() : Optional.empty(),
              bad
                  ? new Media.Inline(ByteBuffer.wrap("junk".getBytes(StandardCharsets.UTF_8)))
                  : hole ? holed(whole) : whole.media(),
              false);
      switch (random.nextInt(10)) {
        case 0 -> {}
        case 1, 2 -> sent.add(new Sent(i + random.nextDouble() * 4, chunk));
        case 3 -> sent.add(new Sent(i + 7 + random.nextInt(4), chunk));
        case 4 -> {
          sent.add(new Sent(i, chunk));
          sent.add(new Sent(i + random.nextInt(12), chunk));
        }
        default -> sent.add(new Sent(i, chunk));
      }
      if (random.nextInt(8) == 0) {
        sent.add(new Sent(i + random.nextInt(15), redriven(chunk, 0)));
      }
    }
    sent.sort(Comparator.comparingDouble(Sent::when));
    List<Optional<StreamInput>> actions = new ArrayList<>();
    long offset = random.nextInt(100);
    for (Sent each : sent) {
      actions.add(Optional.of(moved(each.chunk(), offset)));
      offset += 1 + random.nextInt(3);
      if (random.nextInt(20) == 0) {
        actions.add(Optional.empty());
      }
      if (random.nextInt(25) == 0) {
        actions.add(
            Optional.of(
                new Unreadable(
                    "cam",
                    origin(offset++),
                    new Rejection(Rejection.Reason.BAD_ENVELOPE, "ce_time is no time"))));
      }
    }
    actions.add(Optional.of(end(offset)));
    return actions;
  }

  @Test
  void goesOnFromAnyStepOfAnyStream() {
    for (int i = 0; i < Integer.getInteger("seeds", 60); i++) {
      long seed = new Random().nextLong();
      System.out.println("disorderly stream, seed " + seed);
      goesOnFromAnyStepOf(seed);
    }
  }

  @Test
  void goesOnFromAnyStepOfAnyStreamThatIsNotAllLookedAt() {
    for (int i = 0; i < Integer.getInteger("seeds", 45); i++) {
      long seed = new Random().nextLong();
      load = LoadGovernors.heldAt(5 + i % 3);
      System.out.println("disorderly stream at load level " + (5 + i % 3) + ", seed " + seed);
      goesOnFromAnyStepOf(seed);
    }
  }

  /// With more than half of it a window looks back before the one that was left out, or had no
  /// frame.
  @Test
  void goesOnFromAnyStepHoweverMuchWindowsOverlap() {
    for (int i = 0; i < Integer.getInteger("seeds", 40); i++) {
      long seed = new Random().nextLong();
      int overlap = 2 * (i % 5);
      int level = i / 5 % 4 == 0 ? 0 : 4 + i / 5 % 4;
      load = level == 0 ? LoadGovernor.off() : LoadGovernors.heldAt(level);
      settings = settings(overlap);
      System.out.println(
          "disorderly stream, overlap %d s, load level %d, seed %d"
              .formatted(overlap, level, seed));
      goesOnFromAnyStepOf(seed);
    }
  }

  @Test
  void tellsNoMomentTwiceOfWhatIsNotLookedAt() {
    load = LoadGovernors.heldAt(7);
    List<Integer> numbers = upTo(40);
    numbers.removeAll(List.of(7, 8, 20));
    List<Optional<StreamInput>> actions = new ArrayList<>(inOrder(numbers));
    actions.removeLast();
    // One that was not looked at comes again, one that was missing is sent again.
    actions.add(Optional.of(chunk(37, 12, 24, 26, 24)));
    actions.add(Optional.of(redriven(chunk(0, 13, 26, 28, 26), 38)));
    actions.add(Optional.of(redriven(chunk(0, 20, 40, 42, 40), 39)));
    actions.add(Optional.of(end(40)));
    List<Made> made = run(Optional.empty(), actions, counting);

    assertThat(rejected).isZero();
    assertThat(skipped).as("it is there, so nothing is repaired").isEqualTo(2);
    List<Gap> last = new ArrayList<>();
    for (Gap gap : all(Gap.class, made)) {
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
    assertThat(all(StreamEnd.class, made))
        .extracting(StreamEnd::notSeenMs)
        .containsExactly(
            last.stream().mapToLong(gap -> gap.endOffsetMs() - gap.startOffsetMs()).sum());
    assertThat(all(StreamEnd.class, made).getFirst().windows())
        .as("windows that were looked at, and the repair")
        .isEqualTo(
            all(Summary.class, made).stream().filter(s -> s.level() == Level.WINDOW).count());
  }

  @Test
  void endsAlsoWhenTheClockWasSetBackToWhatCannotBeRead() {
    List<StreamInput> inputs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      inputs.add(chunk(i, i, 2 * i, 2 * i + 2, 100 + 2 * i));
    }
    inputs.add(
        new Chunk(
            "cam",
            origin(10),
            Optional.of(at(20)),
            NOON,
            OptionalLong.of(10),
            Optional.empty(),
            ByteBuffer.wrap("garbage".getBytes(StandardCharsets.UTF_8))));
    inputs.add(end(11));
    List<Made> made = run(Optional.empty(), numbered(inputs), AnalysisListener.SILENT);
    assertThat(results(made).getLast())
        .isEqualTo(
            new StreamEnd(StableIds.of("end", "cam", at(20)), "cam", at(20), at(20), 0, 0, 0, 0));
  }

  /// Streams that once went wrong.
  @ParameterizedTest
  @ValueSource(
      longs = {
        // Its clock is set back to a chunk that cannot be read, and then it ends.
        7746711658622062385L,
        // It rests after its clock was set back to a chunk that cannot be read.
        8913621396224090770L,
        // A gap is repaired when the minute it lies in can no longer change.
        1787015447831476296L
      })
  void goesOnFromAnyStepOf(long seed) {
    List<Optional<StreamInput>> actions = disorderly(new Random(seed));
    decoded = 0;
    skipped = 0;
    rejected = 0;
    leftOut = 0;
    List<Made> undisturbed = run(Optional.empty(), actions, counting);
    checkWhole(seed, actions, undisturbed);
    for (int kept = 0; kept < undisturbed.size(); kept++) {
      List<Made> rest = run(Optional.of(undisturbed.get(kept)), actions, AnalysisListener.SILENT);
      List<Made> expected = undisturbed.subList(kept + 1, undisturbed.size());
      assertThat(results(rest))
          .as("seed %d, after step %d", seed, kept)
          .isEqualTo(results(expected));
      assertThat(rest.stream().map(Made::step).toList())
          .as("seed %d, after step %d", seed, kept)
          .isEqualTo(expected.stream().map(Made::step).toList());
    }
  }

  private void checkWhole(long seed, List<Optional<StreamInput>> actions, List<Made> made) {
    long chunks =
        actions.stream().flatMap(Optional::stream).filter(Chunk.class::isInstance).count();
    long others =
        actions.stream().flatMap(Optional::stream).filter(Unreadable.class::isInstance).count();
    assertThat(decoded + skipped + rejected + leftOut)
        .as("seed %d: each record is decoded, skipped, left out or refused, once", seed)
        .isEqualTo((int) (chunks + others));
    Set<String> said = new HashSet<>();
    for (Revised result : all(Revised.class, made)) {
      assertThat(said.add(result.id() + "/" + result.revision()))
          .as("seed %d: %s once", seed, result)
          .isTrue();
    }
    Set<ChunkOrigin> refused = new HashSet<>();
    all(DeadLetter.class, made)
        .forEach(letter ->
            assertThat(refused.add(letter.origin())).as("seed %d: %s", seed, letter).isTrue());
    if (all(StreamEnd.class, made).isEmpty()) {
      assertThat(all(Summary.class, made)).as("seed %d", seed).isEmpty();
      return;
    }
    StreamEnd end = all(StreamEnd.class, made).getFirst();
    assertThat(results(made).getLast()).isEqualTo(end);
    coversItsTime(seed, end, made);
  }

  /// Of every moment of the last timeline it is said whether it was seen.
  private void coversItsTime(long seed, StreamEnd end, List<Made> made) {
    Map<String, Gap> gaps = new TreeMap<>();
    List<Instant[]> spans = new ArrayList<>();
    for (Result result : results(made)) {
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
          .as("seed %d: nothing is said from %s to %s", seed, covered, span[0])
          .isLessThanOrEqualTo(untold());
      covered = Collections.max(List.of(covered, span[1]));
    }
    assertThat(Duration.between(covered, end.end()))
        .as("seed %d: nothing is said from %s to the end at %s", seed, covered, end.end())
        .isLessThanOrEqualTo(untold());
  }

  /// A joint that is no gap, and half the distance of frames.
  private Duration untold() {
    return ChunkTimes.TIMESTAMP_JITTER.plusMillis(500L * load.detailLevel("cam").fpsDivisor());
  }

  private static boolean countsFrom(Instant start, Instant time, long offsetMs) {
    return Duration.between(start, time.minusMillis(offsetMs)).abs().toMillis() <= 1;
  }
}
