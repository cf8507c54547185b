package io.chronoscope.analysis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A stream whose model makes an event up, and takes it back when it is asked about its span.
class EventCheckTest {

  /// Windows of 0 to 10 s and 8 to 18 s. Lamp a is in the first one alone, lamp b in both.
  private static final LampVideo.Script SCRIPT =
      new LampVideo.Script(10).on('a', 2, 5).on('b', 7, 12);

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

  private List<String> events(double checkThreshold) {
    AnalysisSettings settings =
        LampModel.settings(
                new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)),
                Duration.ofMinutes(10))
            .withEvents(new AnalysisSettings.Events(0, Prompts.EVENTS, checkThreshold));
    List<StreamCommit> committed = new ArrayList<>();
    StreamLifecycle lifecycle =
        new StreamLifecycle("cam", settings, fixture.tools(), Optional.empty(), committed::add);
    lifecycle.start();
    for (int i = 0; i < 9; i++) {
      lifecycle.accept(LampChunks.chunk(SCRIPT, i));
    }
    lifecycle.accept(LampChunks.end(9));
    lifecycle.close();
    return committed.stream()
        .flatMap(commit -> commit.results().stream())
        .filter(VideoEvent.class::isInstance)
        .map(VideoEvent.class::cast)
        .map(VideoEvent::description)
        .distinct()
        .toList();
  }

  @Test
  void refusesWhatTheModelDoesNotStandBy() {
    // The model calls lamp a another lamp, which the span does not show.
    model.disturb =
        (question, answer) ->
            question.equals(Prompts.EVENTS) ? answer.replace("Lamp-aaa", "Lamp-ccc") : answer;

    assertThat(events(0.5)).containsExactly("Lamp-bbb is on.");
    assertThat(refused).extracting(SpanRefused::query).containsExactly("Lamp-ccc is on.");
  }

  @Test
  void keepsWhatItStandsByAndWhatTwoWindowsCanSee() {
    assertThat(events(0.5)).containsExactly("Lamp-aaa is on.", "Lamp-bbb is on.");
    assertThat(refused).isEmpty();
    assertThat(model.batches)
        .flatMap(questions -> questions)
        .filteredOn(question -> question.equals(Prompts.presence("Lamp-bbb is on.")))
        .isEmpty();
  }

  @Test
  void asksNothingUnlessItIsSetTo() {
    model.disturb =
        (question, answer) ->
            question.equals(Prompts.EVENTS) ? answer.replace("Lamp-aaa", "Lamp-ccc") : answer;

    assertThat(events(0)).containsExactly("Lamp-ccc is on.", "Lamp-bbb is on.");
  }
}
