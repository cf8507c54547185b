package io.chronoscope.analysis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.AnalysisSettings.Query;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A stream that is searched for one thing.
class StreamQueryTest {

  /// Lamp a is on in the first window and in the fourth.
  private static final LampVideo.Script SCRIPT =
      new LampVideo.Script(10).on('a', 2, 5).on('d', 12, 22).on('a', 29, 32);

  private final LampModel model = new LampModel();
  private final List<SpanRefused> refused = Collections.synchronizedList(new ArrayList<>());
  private final StreamFixture fixture =
      new StreamFixture(model)
          .listener(event -> {
            if (event instanceof SpanRefused span) {
              refused.add(span);
            }
          });

  @AfterEach
  void close() {
    fixture.close();
  }

  private static AnalysisSettings settings(String query, double threshold) {
    AnalysisSettings all =
        LampModel.settings(
            new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(3)),
            Duration.ofMinutes(10));
    return all.withQuery(new Query(query, threshold));
  }

  private List<Result> run(String query, double threshold) {
    List<StreamCommit> committed = new ArrayList<>();
    StreamLifecycle lifecycle =
        new StreamLifecycle(
            "cam", settings(query, threshold), fixture.tools(), Optional.empty(), committed::add);
    lifecycle.start();
    for (int i = 0; i < 20; i++) {
      lifecycle.accept(LampChunks.chunk(SCRIPT, i));
    }
    lifecycle.accept(LampChunks.end(20));
    lifecycle.close();
    return committed.stream().flatMap(commit -> commit.results().stream()).toList();
  }

  /// The last revision of each event.
  private static List<VideoEvent> events(List<Result> results) {
    Map<String, VideoEvent> events = new LinkedHashMap<>();
    for (Result result : results) {
      if (result instanceof VideoEvent event) {
        events.put(event.id(), event);
      }
    }
    return List.copyOf(events.values());
  }

  @Test
  void findsEachOccurrenceWithItsConfidence() {
    List<VideoEvent> events = events(run("Lamp-aaa is on", 0.5));
    assertThat(events)
        .extracting(event ->
            "%s %s %d-%d"
                .formatted(
                    event.status(),
                    event.description(),
                    event.startOffsetMs(),
                    event.endOffsetMs()))
        .containsExactly(
            Status.CLOSED + " Lamp-aaa is on 2000-5000",
            Status.CLOSED + " Lamp-aaa is on 29000-32000");
    assertThat(events)
        .allSatisfy(event ->
            assertThat(event.certainty().confidence().orElseThrow()).isCloseTo(0.9, within(1e-6)));
    assertThat(refused).isEmpty();
  }

  @Test
  void findsNothingWhereItDoesNotHappen() {
    List<Result> results = run("Lamp-bbb is on", 0.5);
    assertThat(results)
        .isNotEmpty()
        .noneMatch(VideoEvent.class::isInstance)
        .noneMatch(Unanswered.class::isInstance);
    assertThat(model.batches.stream().flatMap(List::stream))
        .doesNotContain(Prompts.grounding("Lamp-bbb is on"));
  }

  @Test
  void findsNothingBelowTheThreshold() {
    assertThat(events(run("Lamp-aaa is on", 0.95))).isEmpty();
  }

  @Test
  void doesNotReportASpanThatTheCheckRefuses() {
    // Wrong in every window: lamp a is off then.
    model.disturb =
        (question, answer) ->
            answer.startsWith("The event") ? "The event happens in 00:00.00 - 00:00.50." : answer;
    assertThat(run("Lamp-aaa is on", 0.5)).noneMatch(VideoEvent.class::isInstance);
    assertThat(refused)
        .isNotEmpty()
        .allSatisfy(span -> {
          assertThat(span.score()).isCloseTo(0.9, within(1e-6));
          assertThat(span.spanScore()).isCloseTo(0.1, within(1e-6));
        });
  }

  @Test
  void saysThatAnAnswerCouldNotBeUsed() {
    model.disturb =
        (question, answer) ->
            question.equals(Prompts.presence("Lamp-aaa is on")) ? "Perhaps" : answer;
    List<Result> results = run("Lamp-aaa is on", 0.5);
    assertThat(results)
        .noneMatch(VideoEvent.class::isInstance)
        .anyMatch(Unanswered.class::isInstance);
  }
}
