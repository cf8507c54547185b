package io.chronoscope.cli.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.cli.console.LocalTimes;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.render.Terminal;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchHit.Emphasis;
import io.chronoscope.search.SearchHit.Fragment;
import io.chronoscope.testing.InMemoryIndex;
import io.chronoscope.testing.Samples;
import io.chronoscope.wire.ResultType;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HitLinesTest {

  private static final VideoEvent EVENT = Samples.event("evt-1", 1, "cam").withToleranceMs(500);

  private static String firstLine(Result result) {
    InMemoryIndex index = new InMemoryIndex();
    index.publish(result);
    IndexedResult indexed = index.find(ResultType.of(result), result.id()).orElseThrow();
    SearchHit hit =
        new SearchHit(
            indexed, 0.5, List.of(new Fragment("A car.", Emphasis.NONE)), Optional.empty());
    return new HitLines(Terminal.NONE, new LocalTimes(ZoneOffset.UTC)).of(1, hit).getFirst();
  }

  @Test
  void statesHowFarTheBoundsOfAnEventMayBeOff() {
    assertThat(firstLine(EVENT)).contains(" ±0.50 s  cam  event, ", "fits 0.50");
  }

  /// A summary covers its span by definition.
  @Test
  void statesNoToleranceForASummary() {
    Summary summary =
        new Summary(
            "sum-1",
            1,
            Level.WINDOW,
            "cam",
            EVENT.span(),
            "A car.",
            EVENT.provenance(),
            List.of("evt-1"));
    assertThat(firstLine(summary)).doesNotContain("±").contains("  cam  window summary, fits 0.50");
  }
}
