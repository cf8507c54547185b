package io.chronoscope.evaluation.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.evaluation.query.QueryScore.Answered;
import io.chronoscope.evaluation.query.QueryScore.Reported;
import io.chronoscope.evaluation.query.QuerySet.Query;
import io.chronoscope.evaluation.query.QuerySet.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueryScoreTest {

  private static Answered answered(List<Span> truth, Reported... reported) {
    return new Answered(
        new Query("clip.mp4", "motion", "plain", "a circle moves", truth), List.of(reported));
  }

  private static Reported reported(long startMs, long endMs, double confidence) {
    return new Reported(new Span(startMs, endMs), confidence);
  }

  @Test
  void countsWhatIsFoundAndWhatIsFalse() {
    List<Answered> all =
        List.of(
            answered(List.of(new Span(1000, 2000)), reported(1900, 3000, 0.9)),
            answered(List.of(new Span(1000, 2000)), reported(2000, 3000, 0.9)),
            answered(List.of(new Span(1000, 2000))),
            answered(List.of(), reported(0, 10, 0.6)),
            answered(List.of()));
    assertThat(QueryScore.of(all, 0.5)).isEqualTo(new QueryScore(5, 3, 1, 1, 1));
    assertThat(QueryScore.of(all, 0.7)).isEqualTo(new QueryScore(5, 3, 1, 0, 1));
    assertThat(QueryScore.of(all, 0.5).falseShare()).isEqualTo(0.5);
  }
}
