package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.RuleEvaluated;
import io.chronoscope.analysis.AnalysisEvent.RulesSkipped;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Rules from the first chunk to the alert.
class StreamRulesTest {

  private static final LampVideo.Script SCRIPT =
      new LampVideo.Script(10).on('a', 1, 3).on('d', 15, 40).on('a', 30, 32);

  private final LampVideo decoder = new LampVideo();

  private final LampModel model = new LampModel();
  private final RuleTable rules = new RuleTable(3);
  private final BlockingQueue<StreamCommit> committed = new LinkedBlockingQueue<>();
  private final List<String> skipped = new ArrayList<>();
  private final List<String> evaluated = new ArrayList<>();
  private final List<StreamAnalysis> running = new ArrayList<>();
  private Consumer<StreamCommit> beforeCommit = commit -> {};

  private final StreamFixture fixture =
      new StreamFixture(model, Duration.ofMillis(20))
          .decoder(decoder)
          .rules(rules)
          .listener(this::observe)
          .sink(commit -> {
            beforeCommit.accept(commit);
            committed.add(commit);
            return CompletableFuture.completedFuture(null);
          });

  @AfterEach
  void close() {
    running.forEach(StreamAnalysis::close);
    fixture.close();
  }

  private void observe(AnalysisEvent event) {
    if (event instanceof RuleEvaluated rule) {
      evaluated.add(rule.rule());
    } else if (event instanceof RulesSkipped rules) {
      skipped.addAll(rules.rules());
    }
  }

  private static Rule rule(String id, char lamp, int priority) {
    return new Rule(
        id,
        "Lamp-%s is on".formatted(("" + lamp).repeat(3)),
        new StreamPattern("c*"),
        0.5,
        Duration.ZERO,
        priority);
  }

  private StreamAnalysis start() {
    AnalysisSettings settings =
        LampModel.settings(
            new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)), Duration.ofMinutes(10));
    StreamAnalysis analysis = new StreamAnalysis(settings, fixture.tools());
    running.add(analysis);
    return analysis;
  }

  /// 44 s in chunks of 2 s, and the stream's end.
  private static List<StreamInput> records() {
    List<StreamInput> records = new ArrayList<>();
    for (int i = 0; i < 22; i++) {
      records.add(LampChunks.chunk(SCRIPT, i));
    }
    records.add(LampChunks.end(22));
    return records;
  }

  private List<StreamCommit> untilEnd() throws InterruptedException {
    List<StreamCommit> all = new ArrayList<>();
    do {
      StreamCommit commit = committed.poll(10, TimeUnit.SECONDS);
      assertThat(commit).as("another commit after %s", all).isNotNull();
      all.add(commit);
    } while (all.getLast().state().isPresent());
    return all;
  }

  private List<StreamCommit> run() throws InterruptedException {
    StreamAnalysis analysis = start();
    records().forEach(analysis::offer);
    return untilEnd();
  }

  private static List<Alert> alerts(List<StreamCommit> commits) {
    return commits.stream()
        .flatMap(commit -> commit.results().stream())
        .filter(Alert.class::isInstance)
        .map(Alert.class::cast)
        .toList();
  }

  private static String described(Alert alert) {
    return "%s %.1f-%.1f r%d %s"
        .formatted(
            alert.rule(),
            alert.startOffsetMs() / 1e3,
            alert.endOffsetMs() / 1e3,
            alert.revision(),
            alert.status());
  }

  @Nested
  class Alerts {

    @Test
    void followWhatARuleMatches() throws Exception {
      rules.put(rule("watch-a", 'a', 0));
      rules.put(rule("watch-d", 'd', 0));
      List<StreamCommit> commits = run();
      assertThat(alerts(commits).stream().map(StreamRulesTest::described))
          .containsExactly(
              "watch-a 1.0-3.0 r1 CLOSED",
              "watch-d 15.0-18.0 r1 OPEN",
              "watch-d 15.0-26.0 r2 UPDATE",
              "watch-d 15.0-34.0 r3 UPDATE",
              "watch-a 30.0-32.0 r1 CLOSED",
              "watch-d 15.0-40.0 r4 CLOSED");
      assertThat(alerts(commits))
          .allSatisfy(alert -> {
            VideoEvent event =
                commits.stream()
                    .flatMap(commit -> commit.results().stream())
                    .filter(VideoEvent.class::isInstance)
                    .map(VideoEvent.class::cast)
                    .filter(one -> one.id().equals(alert.event().orElseThrow()))
                    .reduce((first, last) -> last)
                    .orElseThrow();
            assertThat(event.description()).startsWith(alert.text());
            assertThat(event.startOffsetMs()).isEqualTo(alert.startOffsetMs());
          });
    }

    @Test
    void areClosedWhenTheirRuleIsRemoved() throws Exception {
      rules.put(rule("watch-d", 'd', 0));
      beforeCommit =
          commit -> {
            if (commit.results().stream()
                .anyMatch(result -> result instanceof Alert alert && alert.revision() == 2)) {
              rules.remove("watch-d");
            }
          };
      assertThat(alerts(run()).stream().map(StreamRulesTest::described))
          .containsExactly(
              "watch-d 15.0-18.0 r1 OPEN",
              "watch-d 15.0-26.0 r2 UPDATE",
              "watch-d 15.0-26.0 r3 CLOSED");
    }

    @Test
    void coverTheWindowWhenTheTimeCannotBeParsed() throws Exception {
      rules.put(rule("watch-a", 'a', 0));
      model.disturb = (question, answer) -> answer.startsWith("The event") ? "At noon." : answer;
      Alert first = alerts(run()).getFirst();
      assertThat(described(first)).isEqualTo("watch-a 0.0-10.0 r1 OPEN");
      assertThat(first.toleranceMs()).isEqualTo(10_000);
      assertThat(first.status()).isEqualTo(Status.OPEN);
    }

    @Test
    void areNotRaisedByAnAnswerThatIsNeitherYesNorNo() throws Exception {
      rules.put(rule("watch-a", 'a', 0));
      model.disturb = (question, answer) -> answer.equals("Yes") ? "The lamp" : answer;
      assertThat(alerts(run())).isEmpty();
      // The lamp is on in two of the six windows.
      assertThat(evaluated).hasSize(4);
    }
  }

  @Nested
  class Questions {

    @Test
    void areNotAskedInARepair() throws Exception {
      rules.put(rule("watch-d", 'd', 0));
      StreamAnalysis analysis = start();
      List<StreamInput> records = new ArrayList<>(records());
      records.remove(3);
      records.remove(records.size() - 1);
      records.forEach(analysis::offer);
      analysis.offer(
          new Chunk(
              "cam",
              new ChunkOrigin("video.chunks", 0, 22),
              Optional.of(NOON.plusSeconds(6)),
              NOON,
              OptionalLong.of(3),
              Optional.empty(),
              new Media.Inline(SCRIPT.chunk(6, 8)),
              true));
      analysis.offer(LampChunks.end(23));
      List<Result> results =
          untilEnd().stream().flatMap(commit -> commit.results().stream()).toList();
      assertThat(results)
          .as("it was repaired")
          .anyMatch(r -> r instanceof Gap gap && gap.status() == Status.WITHDRAWN);
      long windows =
          results.stream()
              .filter(r -> r instanceof Summary summary && summary.level() == Level.WINDOW)
              .count();
      assertThat(evaluated).hasSize((int) windows - 1);
    }

    @Test
    void decodeAndEncodeNothingMore() throws Exception {
      run();
      long decodes = decoder.decodes.get();
      int pairs = model.encodedPairs.get();
      assertThat(pairs).isPositive();
      rules.put(rule("watch-a", 'a', 0));
      rules.put(rule("watch-d", 'd', 0));
      assertThat(alerts(run())).isNotEmpty();
      assertThat(decoder.decodes.get() - decodes).isEqualTo(decodes);
      assertThat(model.encodedPairs.get() - pairs).isEqualTo(pairs);
    }

    @Test
    void shareABatchPerWindow() throws Exception {
      rules.put(rule("watch-a", 'a', 0));
      rules.put(rule("watch-d", 'd', 0));
      rules.put(rule("watch-e", 'e', 0));
      run();
      // Lamp e is never on, so that no span of it is checked: it is asked for once in a window.
      List<List<String>> presence =
          model.batches.stream()
              .filter(batch -> batch.contains(Prompts.presence("Lamp-eee is on")))
              .toList();
      assertThat(presence)
          .isNotEmpty()
          .allSatisfy(batch ->
              assertThat(batch)
                  .containsExactlyInAnyOrder(
                      Prompts.presence("Lamp-aaa is on"),
                      Prompts.presence("Lamp-ddd is on"),
                      Prompts.presence("Lamp-eee is on")));
    }

    @Test
    void raiseNoAlertForASpanThatTheCheckRefuses() throws Exception {
      // Lamp a is off at that time of every window.
      model.disturb =
          (question, answer) ->
              answer.startsWith("The event") ? "The event happens in 00:04.00 - 00:04.50." : answer;
      rules.put(rule("watch-a", 'a', 0));
      assertThat(alerts(run())).isEmpty();
      assertThat(evaluated).contains("watch-a");
    }

    @Test
    void alertsCarryTheConfidenceOfTheirSpan() throws Exception {
      rules.put(rule("watch-a", 'a', 0));
      assertThat(alerts(run()))
          .isNotEmpty()
          .allSatisfy(alert ->
              assertThat(alert.certainty().confidence().orElseThrow())
                  .isCloseTo(0.9, within(1e-6)));
    }

    @Test
    void skipTheRulesOfLowestPriority() throws Exception {
      rules.put(rule("watch-a", 'a', 1));
      rules.put(rule("watch-d", 'd', 0));
      rules.put(rule("watch-e", 'e', 1));
      rules.put(rule("watch-f", 'f', 1));
      List<StreamCommit> commits = run();
      assertThat(alerts(commits)).extracting(Alert::rule).containsOnly("watch-a");
      assertThat(skipped).isNotEmpty().containsOnly("watch-d");
    }

    @Test
    void areNotAskedForOtherStreams() throws Exception {
      rules.put(
          new Rule("yard", "Lamp-aaa is on", new StreamPattern("yard-*"), 0, Duration.ZERO, 0));
      assertThat(alerts(run())).isEmpty();
      assertThat(model.batches.stream().flatMap(List::stream))
          .noneMatch(question -> question.startsWith("Does the following happen"));
    }
  }

  @Nested
  class ResumedStreams {

    @Test
    void continueAsIfNothingHadHappened() throws Exception {
      rules.put(new Rule("a", "Lamp-aaa is on", StreamPattern.ANY, 0.5, Duration.ofSeconds(28), 0));
      rules.put(rule("watch-d", 'd', 0));
      List<StreamInput> records = records();
      List<StreamCommit> undisturbed = run();
      // The second time that lamp a is on falls into the cool-down.
      assertThat(alerts(undisturbed).stream().filter(alert -> alert.rule().equals("a"))).hasSize(1);
      for (int kept = 1; kept < undisturbed.size(); kept++) {
        StreamCommit last = undisturbed.get(kept - 1);
        StreamAnalysis analysis = start();
        analysis.resume(last.state().orElseThrow(), last.resumeFrom());
        records.stream()
            .filter(record -> record.origin().offset() >= last.resumeFrom().offset())
            .forEach(analysis::offer);
        List<StreamCommit> resumed = new ArrayList<>(undisturbed.subList(0, kept));
        resumed.addAll(untilEnd());
        assertThat(resumed).as("after commit %d", kept).isEqualTo(undisturbed);
      }
    }
  }
}
