package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static io.chronoscope.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.EventOpened;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisEvent.StreamRevoked;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StreamAnalysisTest {

  private static final StreamCommit FAILED =
      new StreamCommit("failed", List.of(), Optional.empty(), new ChunkOrigin("failed", 0, 0));

  private final LampModel model = new LampModel();
  private final BlockingQueue<StreamCommit> committed = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> revoked = new LinkedBlockingQueue<>();
  private final List<Duration> latencies = new CopyOnWriteArrayList<>();
  private final List<StreamAnalysis> running = new ArrayList<>();
  private volatile @Nullable Throwable failure;
  private volatile Runnable beforeCommit = () -> {};
  private Duration partialInterval = Duration.ZERO;
  private final StreamFixture fixture =
      new StreamFixture(model)
          .clock(() -> NOON.plusSeconds(3))
          .listener(this::observe)
          .sink(commit -> {
            beforeCommit.run();
            committed.add(commit);
            return CompletableFuture.completedFuture(null);
          });

  @AfterEach
  void close() {
    running.forEach(StreamAnalysis::close);
    fixture.close();
  }

  private void observe(AnalysisEvent event) {
    if (event instanceof StreamRevoked stream) {
      revoked.add(stream.stream());
    } else if (event instanceof EventOpened opened) {
      latencies.add(opened.latency());
      latencies.add(opened.delay());
    } else if (event instanceof StreamFailed failed) {
      failure = failed.cause();
      committed.add(FAILED);
    }
  }

  private StreamAnalysis start(Duration idle) {
    AnalysisSettings settings =
        LampModel.settings(
            new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2), partialInterval), idle);
    StreamAnalysis analysis = new StreamAnalysis(settings, fixture.tools());
    running.add(analysis);
    return analysis;
  }

  private static Chunk chunk(long offset, double start, ByteBuffer media) {
    return new Chunk(
        "cam",
        new ChunkOrigin("video.chunks", 0, offset),
        Optional.of(NOON.plusMillis(Math.round(start * 1000))),
        NOON,
        OptionalLong.of(offset),
        Optional.empty(),
        media);
  }

  private static EndOfStream end(long offset) {
    return new EndOfStream("cam", new ChunkOrigin("video.chunks", 0, offset));
  }

  /// The video cut at these times, as records from offset 0 on, and its end.
  private static List<StreamInput> records(LampVideo.Script script, double... cuts) {
    List<StreamInput> records = new ArrayList<>();
    for (int i = 0; i + 1 < cuts.length; i++) {
      records.add(chunk(i, cuts[i], script.chunk(cuts[i], cuts[i + 1])));
    }
    records.add(end(cuts.length - 1));
    return records;
  }

  private static double[] evenCuts(double chunkSeconds, int chunks) {
    double[] cuts = new double[chunks + 1];
    for (int i = 0; i <= chunks; i++) {
      cuts[i] = i * chunkSeconds;
    }
    return cuts;
  }

  /// All commits up to the last one of the stream.
  private List<StreamCommit> untilEnd() throws InterruptedException {
    List<StreamCommit> all = new ArrayList<>();
    do {
      StreamCommit commit = committed.poll(10, TimeUnit.SECONDS);
      assertThat(failure).isNull();
      assertThat(commit).as("another commit after %s", all).isNotNull();
      all.add(commit);
    } while (all.getLast().state().isPresent()
        || all.getLast().results().stream().anyMatch(DeadLetter.class::isInstance));
    return all;
  }

  private List<StreamCommit> run(List<StreamInput> records) throws InterruptedException {
    StreamAnalysis analysis = start(Duration.ofMinutes(10));
    records.forEach(analysis::offer);
    return untilEnd();
  }

  private static <R extends Result> List<R> all(Class<R> kind, List<StreamCommit> commits) {
    return commits.stream()
        .flatMap(commit -> commit.results().stream())
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /// The last revision of each event.
  private static Map<String, VideoEvent> events(List<StreamCommit> commits) {
    Map<String, VideoEvent> events = new LinkedHashMap<>();
    all(VideoEvent.class, commits).forEach(event -> events.put(event.id(), event));
    return events;
  }

  private static List<String> eventsIn(List<StreamCommit> commits) {
    return events(commits).values().stream()
        .peek(event -> assertThat(event.status()).isEqualTo(Status.CLOSED))
        .map(event ->
            "%s %.1f-%.1f"
                .formatted(
                    event.description(), event.startOffsetMs() / 1e3, event.endOffsetMs() / 1e3))
        .sorted()
        .toList();
  }

  private static final LampVideo.Script SCRIPT =
      new LampVideo.Script(10)
          .on('a', 1, 3)
          .on('b', 7, 13)
          .on('c', 8.5, 9.5)
          .on('d', 15, 40)
          .on('a', 30, 32);

  private static final String[] TRUTH = {
    "Lamp-aaa is on. 1.0-3.0",
    "Lamp-aaa is on. 30.0-32.0",
    "Lamp-bbb is on. 7.0-13.0",
    "Lamp-ccc is on. 8.5-9.5",
    "Lamp-ddd is on. 15.0-40.0"
  };

  private static List<VideoEvent> withoutChunks(List<StreamCommit> commits) {
    return events(commits).values().stream()
        .map(e ->
            new VideoEvent(
                e.id(),
                e.revision(),
                e.status(),
                e.stream(),
                e.span(),
                e.toleranceMs(),
                e.description(),
                e.provenance(),
                List.of()))
        .toList();
  }

  private static List<String> revisions(List<StreamCommit> commits, String lamp) {
    return all(VideoEvent.class, commits).stream()
        .filter(event -> event.description().startsWith(lamp))
        .map(event ->
            "%s %.1f-%.1f"
                .formatted(event.status(), event.startOffsetMs() / 1e3, event.endOffsetMs() / 1e3))
        .toList();
  }

  private StreamCommit nextCommit() throws InterruptedException {
    StreamCommit commit = committed.poll(10, TimeUnit.SECONDS);
    assertThat(failure).isNull();
    assertThat(commit).isNotNull();
    return commit;
  }

  @Nested
  class Events {

    @Test
    void arePublishedOnceAcrossChunksAndWindows() throws Exception {
      List<StreamCommit> commits = run(records(SCRIPT, evenCuts(2, 22)));
      assertThat(eventsIn(commits)).containsExactly(TRUTH);
      VideoEvent long_ =
          events(commits).values().stream()
              .filter(event -> event.description().contains("ddd"))
              .findFirst()
              .orElseThrow();
      assertThat(long_.start()).isEqualTo(NOON.plusSeconds(15));
      assertThat(long_.toleranceMs()).isEqualTo(500);
      assertThat(long_.chunks().getFirst().offset()).isEqualTo(7);
      assertThat(long_.chunks().getLast().offset()).isEqualTo(20);
      assertThat(long_.sampling().framesSeen()).isBetween(50, 52);
    }

    /// The rule of kafka/README.md for a file that is sent twice.
    @Test
    void replaceThoseOfTheSameVideoSentFromTheSameStartAndNoOthers() throws Exception {
      List<StreamInput> first = records(SCRIPT, evenCuts(2, 22));
      List<StreamCommit> once = run(first);
      List<StreamCommit> again = run(sentAgain(first, Duration.ZERO));
      List<StreamCommit> later = run(sentAgain(first, Duration.ofHours(1)));

      assertThat(withoutChunks(again)).isEqualTo(withoutChunks(once));
      assertThat(all(Summary.class, again)).extracting(Summary::id).isEqualTo(ids(once));
      assertThat(events(later).keySet())
          .hasSameSizeAs(events(once).keySet())
          .doesNotContainAnyElementsOf(events(once).keySet());
      assertThat(ids(later)).doesNotContainAnyElementsOf(ids(once));
    }

    private static List<String> ids(List<StreamCommit> commits) {
      return all(Summary.class, commits).stream().map(Summary::id).toList();
    }

    /// Behind the records on the topic, with the same numbers.
    private static List<StreamInput> sentAgain(List<StreamInput> records, Duration later) {
      return records.stream()
          .map(record ->
              record instanceof Chunk chunk
                  ? (StreamInput)
                      new Chunk(
                          chunk.stream(),
                          new ChunkOrigin("video.chunks", 0, 1000 + chunk.origin().offset()),
                          chunk.declaredStart().map(start -> start.plus(later)),
                          NOON,
                          chunk.sequence(),
                          chunk.declaredDuration(),
                          ((Media.Inline) chunk.media()).bytes())
                  : end(1000 + record.origin().offset()))
          .toList();
    }

    @Test
    void doNotDependOnHowTheVideoIsCut() throws Exception {
      List<VideoEvent> whole = withoutChunks(run(records(SCRIPT, 0, 44)));
      long seed = new Random().nextLong();
      Random random = new Random(seed);
      double[] cuts = new double[14];
      for (int i = 1; i < cuts.length - 1; i++) {
        cuts[i] = Math.round((cuts[i - 1] + 0.1 + random.nextDouble() * 4) * 10) / 10.0;
      }
      cuts[13] = Math.max(44, cuts[12] + 1);
      LampVideo.Script script = SCRIPT;
      List<StreamCommit> commits = run(records(script, cuts));
      if (cuts[13] == 44) {
        assertThat(withoutChunks(commits)).as("seed %d", seed).isEqualTo(whole);
      } else {
        assertThat(eventsIn(commits)).as("seed %d", seed).containsExactly(TRUTH);
      }
    }

    @Test
    void openBeforeTheirWindowIsFull() throws Exception {
      partialInterval = Duration.ofSeconds(4);
      List<StreamCommit> commits = run(records(SCRIPT, evenCuts(2, 22)));
      assertThat(eventsIn(commits)).containsExactly(TRUTH);
      assertThat(revisions(commits, "Lamp-ddd"))
          .containsExactly(
              "OPEN 15.0-18.0",
              "UPDATE 15.0-22.0",
              "UPDATE 15.0-26.0",
              "UPDATE 15.0-30.0",
              "UPDATE 15.0-34.0",
              "UPDATE 15.0-38.0",
              "CLOSED 15.0-40.0");
      assertThat(revisions(commits, "Lamp-bbb"))
          .containsExactly("OPEN 7.0-8.0", "UPDATE 7.0-10.0", "UPDATE 7.0-13.0", "CLOSED 7.0-13.0");
      // Without another frame encoded for it.
      int encoded = model.encodedPairs.get();
      partialInterval = Duration.ZERO;
      model.encodedPairs.set(0);
      run(records(SCRIPT, evenCuts(2, 22)));
      assertThat(encoded).isEqualTo(model.encodedPairs.get());
    }

    @Test
    void reportTheirLatency() throws Exception {
      run(records(SCRIPT, evenCuts(2, 11)));
      // All records arrived at noon; it is three seconds later.
      assertThat(latencies).isNotEmpty().allMatch(Duration.ofSeconds(3)::equals);
    }

    @Test
    void areNotInventedWhereNoFrameWasAnalyzed() throws Exception {
      LampVideo.Script script = new LampVideo.Script(10).on('a', 5, 1_000);
      List<StreamInput> records = new ArrayList<>();
      records.add(chunk(0, 0, script.chunk(0, 10)));
      // An hour is missing.
      records.add(chunk(1, 3600, script.chunk(0, 10)));
      records.add(end(2));
      List<StreamCommit> commits = run(records);
      assertThat(eventsIn(commits))
          .containsExactly("Lamp-aaa is on. 3605.0-3610.0", "Lamp-aaa is on. 5.0-10.0");
      assertThat(all(Summary.class, commits))
          .filteredOn(s -> s.level() == Level.WINDOW)
          .extracting(Summary::startOffsetMs)
          .containsExactly(0L, 3_600_000L, 3_600_000L);
    }

    @Test
    void ignoreADuplicateChunk() throws Exception {
      List<StreamInput> records = new ArrayList<>(records(SCRIPT, evenCuts(2, 22)));
      records.add(4, records.get(3));
      assertThat(eventsIn(run(records))).containsExactly(TRUTH);
    }
  }

  @Nested
  class ResumedStreams {

    @Test
    void continueAsIfNothingHadHappened() throws Exception {
      List<StreamInput> records = records(SCRIPT, evenCuts(2, 22));
      List<StreamCommit> undisturbed = run(records);
      for (int kept = 1; kept < undisturbed.size(); kept++) {
        StreamCommit last = undisturbed.get(kept - 1);
        StreamAnalysis analysis = start(Duration.ofMinutes(10));
        analysis.resume(last.state().orElseThrow(), last.resumeFrom());
        records.stream()
            .filter(record -> record.origin().offset() >= last.resumeFrom().offset())
            .forEach(analysis::offer);
        List<StreamCommit> resumed = new ArrayList<>(undisturbed.subList(0, kept));
        resumed.addAll(untilEnd());
        assertThat(resumed).as("after commit %d", kept).isEqualTo(undisturbed);
      }
    }

    @Test
    void continueBetweenTwoPartialAnalysesOfAWindow() throws Exception {
      partialInterval = Duration.ofSeconds(2);
      continueAsIfNothingHadHappened();
    }

    @Test
    void needOnlyChunksThatWindowsStillNeed() throws Exception {
      List<StreamCommit> commits = run(records(SCRIPT, evenCuts(2, 22)));
      // Window k starts at 8 k seconds: four chunks further each time.
      assertThat(commits.stream().map(commit -> commit.resumeFrom().offset()))
          .containsExactly(4L, 8L, 12L, 16L, 20L, 22L, 22L);
    }
  }

  @Nested
  class Summaries {

    @Test
    void coverEachWindowAndTheWholeStream() throws Exception {
      List<Summary> summaries = all(Summary.class, run(records(SCRIPT, evenCuts(2, 11))));
      assertThat(summaries)
          .extracting(Summary::level)
          .containsExactly(Level.WINDOW, Level.WINDOW, Level.WINDOW, Level.STREAM);
      assertThat(summaries.getFirst().text()).isEqualTo("Lamps [a, b, c].");
      Summary whole = summaries.getLast();
      assertThat(whole.endOffsetMs()).isEqualTo(22_000);
      assertThat(whole.restsOn())
          .containsExactlyElementsOf(summaries.subList(0, 3).stream().map(Summary::id).toList());
      assertThat(whole.text()).startsWith("00:00 - 00:10: Lamps [a, b, c].\n00:08 - 00:18:");
    }
  }

  @Nested
  class Encoding {

    @Test
    void encodesTheOverlapOfWindowsOnce() throws Exception {
      run(records(new LampVideo.Script(4).counting('z', 18), evenCuts(2, 9)));
      // 18 s at 2 fps are 18 pairs; the 2 s that both windows cover are not encoded again.
      assertThat(model.encodedPairs).hasValue(18);
    }

    @Test
    void encodesAndAsksOnceWhileNothingChanges() throws Exception {
      run(records(new LampVideo.Script(4), evenCuts(2, 17)));
      assertThat(model.encodedPairs).hasValue(1);
      long asked = model.batches.stream().mapToLong(List::size).sum();
      run(records(new LampVideo.Script(4), evenCuts(2, 41)));
      long askedAgain = model.batches.stream().mapToLong(List::size).sum() - asked;
      assertThat(askedAgain).as("six more windows of the same").isLessThanOrEqualTo(asked);
    }
  }

  @Nested
  class UnreadableChunks {

    @Test
    void becomeDeadLettersAndTheStreamContinues() throws Exception {
      List<StreamInput> records = new ArrayList<>(records(SCRIPT, evenCuts(2, 22)));
      StreamInput second = records.get(1);
      records.set(1, chunk(1, 2, ByteBuffer.wrap("garbage".getBytes(StandardCharsets.UTF_8))));
      List<StreamCommit> commits = run(records);
      assertThat(all(DeadLetter.class, commits))
          .containsExactly(
              new DeadLetter(
                  "cam",
                  second.origin(),
                  new Rejection(Rejection.Reason.NOT_MEDIA, "does not begin with FLASH")));
      assertThat(eventsIn(commits)).contains(TRUTH[1], TRUTH[2], TRUTH[3], TRUTH[4]);
    }

    @Test
    void doNotStartAStream() throws Exception {
      StreamAnalysis analysis = start(Duration.ofMinutes(10));
      analysis.offer(chunk(0, 0, ByteBuffer.wrap("garbage".getBytes(StandardCharsets.UTF_8))));
      analysis.offer(chunk(1, 2, SCRIPT.chunk(2, 12)));
      analysis.offer(end(2));
      List<StreamCommit> commits = untilEnd();
      assertThat(commits.getFirst().resumeFrom().offset()).isZero();
      assertThat(commits.getFirst().state().orElseThrow().position().started()).isFalse();
      assertThat(all(Summary.class, commits).getFirst().start()).isEqualTo(NOON.plusSeconds(2));
    }
  }

  @Nested
  class UnusableAnswers {

    @Test
    void areRetriedOnceAndThenReported() throws Exception {
      model.disturb =
          (question, answer) -> question.equals(Prompts.SUMMARY) ? answer : "I cannot say.";
      List<StreamCommit> commits = run(records(SCRIPT, 0, 10));
      assertThat(all(VideoEvent.class, commits)).isEmpty();
      assertThat(all(Unanswered.class, commits))
          .singleElement()
          .satisfies(report -> {
            assertThat(report.problem()).startsWith("events: not JSON");
            assertThat(report.answer()).isEqualTo("I cannot say.");
            assertThat(report.endOffsetMs()).isEqualTo(10_000);
          });
      assertThat(model.questions).hasValue(3);
    }

    @Test
    void areReplacedByTheSecondOne() throws Exception {
      model.disturb = (question, answer) -> question.equals(Prompts.EVENTS) ? "[" : answer;
      List<StreamCommit> commits = run(records(SCRIPT, 0, 10));
      assertThat(all(Unanswered.class, commits)).isEmpty();
      assertThat(eventsIn(commits)).contains(TRUTH[0]);
    }
  }

  @Nested
  class IdleStreams {

    @Test
    void closeWhatIsOpenAndResumeWithTheNextChunk() throws Exception {
      StreamAnalysis analysis = start(Duration.ofMillis(100));
      analysis.offer(chunk(0, 0, SCRIPT.chunk(0, 6)));
      List<StreamCommit> idle = List.of(nextCommit(), nextCommit());
      assertThat(eventsIn(idle)).containsExactly(TRUTH[0]);
      assertThat(all(Summary.class, idle))
          .extracting(Summary::level)
          .containsExactly(Level.WINDOW, Level.STREAM);
      assertThat(idle.getLast().state().orElseThrow().position().needed()).isEmpty();
      until("the stream to be idle", () -> analysis.streams() == 0);

      analysis.offer(chunk(1, 6, SCRIPT.chunk(6, 14)));
      analysis.offer(end(2));
      List<StreamCommit> commits = new ArrayList<>(idle);
      commits.addAll(untilEnd());
      // What was closed is not opened again: the second window starts where the first was cut
      // short.
      assertThat(eventsIn(commits)).contains(TRUTH[0], TRUTH[2]);
      assertThat(all(Summary.class, commits))
          .extracting(s -> s.level() + " " + s.revision() + " " + s.startOffsetMs())
          .containsExactly("WINDOW 1 0", "STREAM 1 0", "WINDOW 1 6000", "STREAM 2 0");
      assertThat(all(StreamEnd.class, commits)).hasSize(1);
    }

    /// In another process.
    @Test
    void haveNoThreadUntilTheNextChunk() throws Exception {
      StreamAnalysis before = start(Duration.ofMillis(100));
      before.offer(chunk(0, 0, SCRIPT.chunk(0, 6)));
      StreamCommit window = nextCommit();
      StreamCommit idle = nextCommit();
      before.close();

      StreamAnalysis analysis = start(Duration.ofMinutes(10));
      analysis.resume(idle.state().orElseThrow(), idle.resumeFrom());
      assertThat(analysis.streams()).isZero();
      analysis.offer(chunk(1, 6, SCRIPT.chunk(6, 14)));
      analysis.offer(end(2));
      List<StreamCommit> commits = untilEnd();
      assertThat(eventsIn(commits)).contains(TRUTH[2]);
      assertThat(all(Summary.class, commits))
          .extracting(s -> s.level() + " " + s.revision() + " " + s.startOffsetMs())
          .containsExactly("WINDOW 1 6000", "STREAM 2 0");

      // One that was stopped before it was idle needs a thread until it is.
      StreamAnalysis other = start(Duration.ofMinutes(10));
      other.resume(window.state().orElseThrow(), window.resumeFrom());
      assertThat(other.streams()).isOne();
    }
  }

  @Nested
  class RevokedStreams {

    /// Otherwise an old commit could be written after the stream was resumed elsewhere.
    @Test
    @Timeout(20)
    void finishTheCommitThatIsBeingPassedOn() throws Exception {
      CountDownLatch committing = new CountDownLatch(1);
      CountDownLatch proceed = new CountDownLatch(1);
      beforeCommit =
          () -> {
            committing.countDown();
            boolean interrupted = false;
            while (proceed.getCount() > 0) {
              interrupted |= Thread.interrupted();
              Thread.onSpinWait();
            }
            if (interrupted) {
              Thread.currentThread().interrupt();
            }
          };
      StreamAnalysis analysis = start(Duration.ofMinutes(10));
      records(SCRIPT, evenCuts(2, 11)).forEach(analysis::offer);
      committing.await();
      Thread revoking = Thread.ofPlatform().start(() -> analysis.forget("cam"::equals));
      while (revoking.getState() != Thread.State.BLOCKED) {
        assertThat(revoking.isAlive()).as("a commit is in flight").isTrue();
        Thread.onSpinWait();
      }
      proceed.countDown();
      revoking.join();
      int before = committed.size();
      analysis.offer(end(20));
      assertThat(committed.poll(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(before).isOne();
    }

    @Test
    void commitNothingMore() throws Exception {
      StreamAnalysis analysis = start(Duration.ofMinutes(10));
      analysis.offer(chunk(0, 0, SCRIPT.chunk(0, 6)));
      analysis.forget("cam"::equals);
      assertThat(analysis.streams()).isZero();
      assertThat(revoked.poll(10, TimeUnit.SECONDS)).isEqualTo("cam");
      analysis.offer(chunk(1, 6, SCRIPT.chunk(6, 12)));
      analysis.offer(end(2));
      assertThat(all(Summary.class, untilEnd()).getFirst().start()).isEqualTo(NOON.plusSeconds(6));
    }
  }

  @Nested
  class EndedStreams {

    @Test
    void publishTheirEndLast() throws Exception {
      List<StreamCommit> commits = run(records(SCRIPT, evenCuts(2, 11)));
      assertThat(commits.getLast().results().getLast())
          .isEqualTo(
              new StreamEnd(
                  StableIds.of("end", "cam", NOON),
                  "cam",
                  NOON,
                  NOON.plusSeconds(22),
                  22_000,
                  3,
                  events(commits).size(),
                  0));
    }
  }
}
