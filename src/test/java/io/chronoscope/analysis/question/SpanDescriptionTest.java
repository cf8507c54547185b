package io.chronoscope.analysis.question;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpanDescriptionTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final AnalysisSettings SETTINGS =
      LampModel.settings(
          new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)), Duration.ofSeconds(30));

  private final BatchedModel model = BatchedModels.of(new LampModel());
  private final LampVideo.Script video =
      new LampVideo.Script(10).on('a', 1, 3).on('b', 3.5, 5).on('c', 7, 7.8);

  @AfterEach
  void close() {
    model.close();
  }

  private Chunk chunk(int number) {
    return new Chunk(
        "cam",
        new ChunkOrigin("video.chunks", 0, number),
        Optional.of(NOON.plusSeconds(4L * number)),
        NOON,
        OptionalLong.of(number),
        Optional.empty(),
        video.chunk(4 * number, 4 * number + 4));
  }

  private List<String> between(double from, double until) throws UnreadableMediaException {
    return SpanDescription.of(
        NOON,
        List.of(chunk(0), chunk(1)),
        Math.round(from * 1e6),
        Math.round(until * 1e6),
        SETTINGS,
        new WindowTools(
            new LampVideo(),
            ReferencedMedia.NONE,
            model,
            BatchedModels.cache(model),
            AnalysisListener.SILENT,
            InstantSource.fixed(NOON)));
  }

  @Test
  void describesWhatHappensInTheSpanAlone() throws UnreadableMediaException {
    assertThat(between(3, 5.5)).singleElement().asString().contains("b");
    assertThat(between(0, 8)).hasSize(3);
    assertThat(between(5.5, 6.5)).isEmpty();
  }

  @Test
  void describesNothingWhereNoFrameIsSampled() throws UnreadableMediaException {
    assertThat(between(7.1, 7.4)).isEmpty();
  }
}
