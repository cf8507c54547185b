package io.chronoscope.analysis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.domain.Box;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A stream whose model says where in the picture its events are, if it is asked to.
class StreamBoxesTest {

  private static final WindowPlan PLAN =
      new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ZERO);

  /// On across the border of two windows.
  private static final LampVideo.Script SCRIPT = new LampVideo.Script(10).on('a', 6, 13);

  private final LampModel model = new LampModel();
  private final StreamFixture fixture = new StreamFixture(model);

  StreamBoxesTest() {
    // A box at the middle of the first second of each window, and one in its last but one.
    model.disturb =
        (question, answer) ->
            question.startsWith(Prompts.EVENTS_WITH_BOXES)
                ? answer.replace(
                    "\"description\"",
                    "\"boxes\": [{\"time\": \"00:00.50\", \"bbox_2d\": [0, 0, 10, 10]},"
                        + " {\"time\": \"00:08.50\", \"bbox_2d\": [7, 0, 14, 7]}], \"description\"")
                : answer;
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private VideoEvent lastEvent(AnalysisSettings settings) {
    List<StreamCommit> committed = new ArrayList<>();
    StreamLifecycle lifecycle =
        new StreamLifecycle("cam", settings, fixture.tools(), Optional.empty(), committed::add);
    lifecycle.start();
    for (int i = 0; i < 10; i++) {
      lifecycle.accept(LampChunks.chunk(SCRIPT, i));
    }
    lifecycle.accept(LampChunks.end(10));
    lifecycle.close();
    List<VideoEvent> events = new ArrayList<>();
    for (StreamCommit commit : committed) {
      for (Result result : commit.results()) {
        if (result instanceof VideoEvent event) {
          events.add(event);
        }
      }
    }
    return events.getLast();
  }

  @Test
  void publishesTheBoxesOfAnEventFromAllItsWindows() {
    VideoEvent event =
        lastEvent(
            LampModel.settings(PLAN, Duration.ofMinutes(10))
                .withEvents(new AnalysisSettings.Events(0, Prompts.EVENTS_WITH_BOXES, 0)));

    // The first window's box of its first second lies before the event, the second window's of its
    // last seconds after it; what both say of the same time comes from the second.
    assertThat(event.span().startOffsetMs()).isEqualTo(6000);
    assertThat(event.span().endOffsetMs()).isEqualTo(13_000);
    assertThat(event.certainty().repaired()).isFalse();
    assertThat(event.boxes())
        .extracting(Box::offsetMs, Box::xPx, Box::widthPx)
        .containsExactly(tuple(8500L, 0, 10));
  }

  @Test
  void doesNotAskForBoxesUnlessItIsSetTo() {
    assertThat(lastEvent(LampModel.settings(PLAN, Duration.ofMinutes(10))).boxes()).isEmpty();
  }
}
