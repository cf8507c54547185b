package io.chronoscope.analysis.question;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.analysis.stream.StreamTools;
import io.chronoscope.analysis.window.EmbeddingCache;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.QuestionAnswer.NotSeen;
import io.chronoscope.domain.Result.QuestionAnswer.Span;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class QuestionAnswererTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private static final AnalysisSettings SETTINGS =
      LampModel.settings(
          new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)), Duration.ofSeconds(30));

  private final LampVideo decoder = new LampVideo();
  private final LampModel model = new LampModel();
  private final BatchedModel batched = BatchedModels.of(model);
  private final EmbeddingCache embeddings = BatchedModels.cache(batched);
  private final Archive archive = new Archive();
  private StreamStarts starts = StreamStarts.UNKNOWN;

  /// Returns all records of a stream, whatever range is asked for.
  private static final class Archive implements ChunkArchive {
    final List<StreamInput> records = new ArrayList<>();
    boolean expired;
    int opened;

    @Override
    public Optional<ChunkCursor> open(String stream, Instant from, Instant to) {
      opened++;
      List<StreamInput> of = records.stream().filter(r -> r.stream().equals(stream)).toList();
      if (of.isEmpty()) {
        return Optional.empty();
      }
      Iterator<StreamInput> left = of.iterator();
      return Optional.of(
          new ChunkCursor() {
            @Override
            public Optional<StreamInput> next() {
              return left.hasNext() ? Optional.of(left.next()) : Optional.empty();
            }

            @Override
            public boolean earlierExpired() {
              return expired;
            }

            @Override
            public void close() {}
          });
    }
  }

  @AfterEach
  void close() {
    batched.close();
  }

  /// @param from seconds from noon
  /// @param to seconds from noon
  private QuestionAnswer ask(String text, double from, double to) {
    return ask(
        "cam", text, NOON.plusMillis((long) (from * 1000)), NOON.plusMillis((long) (to * 1000)));
  }

  private QuestionAnswer ask(String stream, String text, Instant from, Instant to) {
    return new QuestionAnswerer(
            SETTINGS,
            new QuestionLimits(Duration.ofMinutes(10), 0.5),
            new WindowTools(
                decoder,
                ReferencedMedia.NONE,
                batched,
                embeddings,
                AnalysisListener.SILENT,
                InstantSource.fixed(NOON.plusSeconds(3600))),
            archive,
            starts)
        .answer(new Question("q1", stream, text, from, to));
  }

  private static Chunk chunk(
      long offset, double start, Optional<Duration> lasts, ByteBuffer media) {
    return new Chunk(
        "cam",
        new ChunkOrigin("video.chunks", 0, offset),
        Optional.of(NOON.plusMillis(Math.round(start * 1000))),
        NOON,
        OptionalLong.of(offset),
        lasts,
        media);
  }

  /// Chunks of four seconds each.
  private void record(LampVideo.Script script, double seconds) {
    DoubleStream.iterate(0, at -> at < seconds, at -> at + 4)
        .forEach(at ->
            archive.records.add(
                chunk(
                    archive.records.size(),
                    at,
                    Optional.empty(),
                    script.chunk(at, Math.min(seconds, at + 4)))));
  }

  private static Span seconds(QuestionAnswer answer, double start, double end) {
    assertThat(answer.problem()).isEmpty();
    assertThat(answer.spans()).hasSize(1);
    Span span = answer.spans().getFirst();
    assertThat(offset(span.start())).isEqualTo(start);
    assertThat(offset(span.end())).isEqualTo(end);
    return span;
  }

  private static double offset(Instant time) {
    return Duration.between(NOON, time).toMillis() / 1000.0;
  }

  private static ChunkOrigin origin(long offset) {
    return new ChunkOrigin("video.chunks", 0, offset);
  }

  private static NotSeen missing(int from, int to, String reason) {
    return new NotSeen(NOON.plusSeconds(from), NOON.plusSeconds(to), reason);
  }

  /// Analyzes the archive's records as a live stream.
  private void analyze() throws InterruptedException {
    BlockingQueue<StreamCommit> commits = new LinkedBlockingQueue<>();
    try (StreamAnalysis analysis =
        new StreamAnalysis(
            SETTINGS,
            new StreamTools(
                new WindowTools(
                    decoder,
                    ReferencedMedia.NONE,
                    batched,
                    embeddings,
                    AnalysisListener.SILENT,
                    () -> Instant.EPOCH),
                LoadGovernor.off(),
                Rules.NONE,
                commit -> {
                  commits.add(commit);
                  return CompletableFuture.completedFuture(null);
                }))) {
      archive.records.forEach(analysis::offer);
      analysis.offer(new EndOfStream("cam", origin(archive.records.size())));
      StreamCommit commit;
      do {
        commit = commits.poll(20, TimeUnit.SECONDS);
        assertThat(commit).isNotNull();
      } while (commit.state().isPresent());
    }
  }

  @Nested
  class Spans {

    @Test
    void findsWhatIsAskedForAndReportsTheSampling() {
      record(new LampVideo.Script(4).on('a', 5, 7).on('b', 1, 3), 20);

      QuestionAnswer answer = ask("When is Lamp-aaa on?", 0, 20);

      Span span = seconds(answer, 5, 7);
      assertThat(span.score()).isBetween(0.89, 0.91);
      assertThat(span.toleranceMs()).isEqualTo(500);
      assertThat(span.chunks()).containsExactly(origin(1));
      assertThat(answer.notSeen()).isEmpty();
      assertThat(answer.sampling().orElseThrow().fps()).isEqualTo(2);
      assertThat(answer.sampling().orElseThrow().framesSeen()).isEqualTo(40);
      assertThat(answer.id()).isEqualTo("q1");
    }

    @Test
    void mergesASpanAcrossWindows() {
      record(new LampVideo.Script(4).on('a', 5, 21), 40);

      Span span = seconds(ask("Lamp-aaa", 0, 40), 5, 21);

      assertThat(span.chunks())
          .containsExactly(origin(1), origin(2), origin(3), origin(4), origin(5));
    }

    @Test
    void returnsNoSpanForWhatDoesNotHappen() {
      record(new LampVideo.Script(4).on('a', 5, 7), 20);

      QuestionAnswer answer = ask("Lamp-bbb", 0, 20);

      assertThat(answer.problem()).isEmpty();
      assertThat(answer.spans()).isEmpty();
    }

    @Test
    void cutsSpansToTheRange() {
      record(new LampVideo.Script(4).on('a', 2, 9), 40);

      seconds(ask("Lamp-aaa", 4, 6), 4, 6);
      assertThat(ask("Lamp-aaa", 12, 30).spans()).isEmpty();
    }
  }

  @Nested
  class Cache {

    @Test
    void neitherDecodesNorEncodesWhatWasJustAnalyzed() throws Exception {
      record(new LampVideo.Script(4).on('a', 5, 12), 40);
      analyze();
      int encoded = model.encodedPairs.get();
      long decoded = decoder.decodes.get();

      QuestionAnswer answer = ask("Lamp-aaa", 0, 40);

      seconds(answer, 5, 12);
      assertThat(encoded).isPositive();
      assertThat(model.encodedPairs).hasValue(encoded);
      assertThat(decoder.decodes).hasValue(decoded);
      assertThat(archive.opened).isZero();
    }

    @Test
    void usesTheStreamsOwnGrid() throws Exception {
      LampVideo.Script script = new LampVideo.Script(4).on('a', 5, 12);
      for (int i = 0; i < 5; i++) {
        archive.records.add(
            chunk(i, 0.137 + 8 * i, Optional.empty(), script.chunk(8 * i, 8 * (i + 1))));
      }
      analyze();
      int encoded = model.encodedPairs.get();

      QuestionAnswer answer = ask("Lamp-aaa", 3, 30);

      assertThat(answer.spans()).hasSize(1);
      assertThat(offset(answer.spans().getFirst().start())).isEqualTo(5.137);
      assertThat(model.encodedPairs).hasValue(encoded);
    }

    @Test
    void reusesWhatAnEarlierQuestionEncoded() {
      record(new LampVideo.Script(4).on('a', 5, 7).on('b', 11, 14), 40);
      ask("Lamp-aaa", 0, 40);
      int encoded = model.encodedPairs.get();

      seconds(ask("Lamp-bbb", 8, 20), 11, 14);

      assertThat(model.encodedPairs).hasValue(encoded);
    }

    @Test
    void readsOnlyWhatIsNotCached() throws Exception {
      record(new LampVideo.Script(4).on('a', 5, 7), 16);
      analyze();
      record(new LampVideo.Script(4), 16);
      archive.records.subList(4, 8).clear();
      archive.records.add(
          chunk(
              4,
              16,
              Optional.empty(),
              new LampVideo.Script(4).on('a', 17, 19).counting('z', 24).chunk(16, 24)));
      int encoded = model.encodedPairs.get();

      QuestionAnswer answer = ask("Lamp-aaa", 0, 24);

      assertThat(answer.spans()).hasSize(2);
      assertThat(model.encodedPairs.get() - encoded).isEqualTo(8);
    }
  }

  @Nested
  class ArchivedChunks {

    @Test
    void countsFromTheStreamsStartWhenItIsKnown() {
      record(new LampVideo.Script(4).on('a', 21, 23), 40);
      archive.records.subList(0, 3).clear();
      archive.expired = true;
      starts = (stream, chunk) -> Optional.of(NOON.plusMillis(250));

      QuestionAnswer answer = ask("Lamp-aaa", 16, 40);

      assertThat(offset(answer.spans().getFirst().start())).isEqualTo(21.25);
    }

    @Test
    void infersTheStartOfChunksWithoutOne() {
      LampVideo.Script script = new LampVideo.Script(4).on('a', 5, 7);
      for (int i = 0; i < 4; i++) {
        archive.records.add(
            new Chunk(
                "cam",
                origin(i),
                Optional.empty(),
                NOON,
                OptionalLong.empty(),
                Optional.empty(),
                script.chunk(4 * i, 4 * i + 4)));
      }

      seconds(ask("Lamp-aaa", 0, 16), 5, 7);
    }

    @Test
    void readsLateChunksInOrder() {
      record(new LampVideo.Script(4).on('a', 5, 12), 20);
      archive.records.add(1, archive.records.remove(2));

      seconds(ask("Lamp-aaa", 0, 20), 5, 12);
    }
  }

  @Nested
  class NotSeenParts {

    @Test
    void reportsWhatIsMissing() {
      LampVideo.Script script = new LampVideo.Script(4).on('a', 1, 39);
      archive.records.add(chunk(3, 4, Optional.empty(), script.chunk(4, 8)));
      archive.records.add(
          chunk(
              4,
              8,
              Optional.of(Duration.ofSeconds(4)),
              ByteBuffer.wrap("rubbish".getBytes(StandardCharsets.UTF_8))));
      archive.records.add(chunk(5, 12, Optional.empty(), script.chunk(12, 16)));
      archive.records.add(chunk(7, 20, Optional.empty(), script.chunk(20, 24)));
      archive.expired = true;

      QuestionAnswer answer = ask("Lamp-aaa", 0, 28);

      assertThat(answer.problem()).isEmpty();
      assertThat(answer.notSeen())
          .containsExactly(
              missing(0, 4, "no longer retained"),
              missing(8, 12, "a chunk cannot be read: does not begin with FLASH"),
              missing(16, 20, "no chunk is there"),
              missing(24, 28, "no chunk is there"));
    }

    @Test
    void reportsTheFutureAsStillToCome() {
      LampVideo.Script script = new LampVideo.Script(4).on('a', 3593, 3595);
      archive.records.add(chunk(0, 3592, Optional.empty(), script.chunk(3592, 3596)));

      QuestionAnswer answer = ask("Lamp-aaa", 3592, 3700);

      assertThat(answer.problem()).isEmpty();
      assertThat(answer.spans()).hasSize(1);
      assertThat(answer.notSeen())
          .containsExactly(
              missing(3596, 3600, "no chunk is there"), missing(3600, 3700, "still to come"));
    }

    @Test
    void limitsTheMissingPartsOfAnAnswer() {
      LampVideo.Script script = new LampVideo.Script(4).on('a', 1, 3);
      for (int i = 0; i < 250; i++) {
        archive.records.add(chunk(i, 2 * i, Optional.empty(), script.chunk(2 * i, 2 * i + 1)));
      }

      QuestionAnswer answer = ask("Lamp-aaa", 0, 500);

      assertThat(answer.problem()).isEmpty();
      assertThat(answer.notSeen()).hasSize(200);
      assertThat(answer.notSeen().getLast()).isEqualTo(missing(399, 500, "51 parts of this"));
    }
  }

  @Nested
  class Refusals {

    @Test
    void reportsWhyThereIsNoAnswer() {
      record(new LampVideo.Script(4), 8);
      Instant later = NOON.plusSeconds(3600);

      assertThat(ask("other", "Lamp-aaa", NOON, NOON.plusSeconds(5)).problem())
          .contains("stream other is unknown: no chunk of it is there");
      assertThat(ask("cam", "Lamp-aaa", later.plusSeconds(60), later.plusSeconds(120)).problem())
          .hasValueSatisfying(
              p -> assertThat(p).startsWith("from (2026-01-01T13:01:00Z) is in the future"));
      assertThat(ask("Lamp-aaa", 0, 601).problem())
          .contains("from and to are PT10M1S apart, more than PT10M");
      archive.expired = true;
      QuestionAnswer early = ask("Lamp-aaa", -60, -30);
      assertThat(early.problem())
          .contains("nothing between from and to can be seen: no longer retained");
      assertThat(early.notSeen()).containsExactly(missing(-60, -30, "no longer retained"));
      assertThat(ask("Lamp-aaa", 60, 70).problem())
          .contains("nothing between from and to can be seen: no chunk is there");
    }

    @Test
    void refusesWhenTheModelSaysNeitherYesNorNo() {
      record(new LampVideo.Script(4), 8);
      model.disturb = (question, answer) -> "The video";

      QuestionAnswer answer = ask("Lamp-aaa", 0, 8);

      assertThat(answer.problem())
          .hasValueSatisfying(problem -> assertThat(problem).contains("neither whether nor when"));
      assertThat(answer.notSeen()).hasSize(1);
    }
  }
}
