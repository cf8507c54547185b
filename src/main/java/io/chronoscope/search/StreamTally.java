package io.chronoscope.search;

import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Inferred;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Counts what the topics say about one stream, result by result. Not thread-safe.
public final class StreamTally {

  private final String stream;
  private @Nullable Instant firstStart;
  private @Nullable Instant lastEnd;
  private @Nullable Instant lastPublished;
  private @Nullable Instant lastAnalyzed;
  private @Nullable Inferred latestWindow;
  private @Nullable StreamEnd end;
  private @Nullable Instant lastDeadLetter;
  private long results;
  private long events;
  private long openEvents;
  private long alerts;
  private long gaps;
  private long deadLetters;

  public StreamTally(String stream) {
    this.stream = stream;
  }

  /// Adds the latest revision of a result. A former revision has to be removed before.
  public void add(IndexedResult one) {
    count(one, 1);
    firstStart = earlier(firstStart, one.start());
    lastEnd = later(lastEnd, one.end());
    lastPublished = later(lastPublished, one.published().publishedAt());
    switch (one.result()) {
      case Summary summary -> analyzed(summary, summary.end());
      case Unanswered unanswered -> analyzed(unanswered, unanswered.end());
      case VideoEvent event -> lastAnalyzed = later(lastAnalyzed, event.end());
      case Alert alert -> lastAnalyzed = later(lastAnalyzed, alert.end());
      case StreamEnd ended -> {
        if (end == null || !ended.end().isBefore(end.end())) {
          end = ended;
        }
      }
      case DeadLetter letter -> lastDeadLetter = later(lastDeadLetter, one.start());
      case Gap gap -> {}
      case QuestionAnswer answer -> {}
    }
  }

  /// Takes back what [#add] counted. The times stay: what was seen of a stream remains true.
  public void remove(IndexedResult one) {
    count(one, -1);
  }

  /// Whether no result is left.
  public boolean isEmpty() {
    return results == 0;
  }

  /// @throws IllegalStateException when no result was ever added
  public StreamFacts facts() {
    Instant seen = lastPublished;
    if (firstStart == null || lastEnd == null || seen == null) {
      throw new IllegalStateException("no result of " + stream);
    }
    StreamEnd last = end;
    boolean continued = last != null && lastAnalyzed != null && lastAnalyzed.isAfter(last.end());
    Inferred window = latestWindow;
    return new StreamFacts(
        stream,
        firstStart,
        lastEnd,
        seen,
        continued ? Optional.empty() : Optional.ofNullable(last),
        window == null ? Duration.ZERO : Duration.ofMillis(window.sampling().lagMs()),
        window == null ? 0 : window.sampling().loadLevel(),
        events,
        openEvents,
        alerts,
        gaps,
        deadLetters,
        Optional.ofNullable(lastDeadLetter));
  }

  private void count(IndexedResult one, int by) {
    results += by;
    boolean valid = one.status().filter(Status.WITHDRAWN::equals).isEmpty();
    switch (one.result()) {
      case VideoEvent event -> {
        events += valid ? by : 0;
        openEvents += event.isFinal() ? 0 : by;
      }
      case Alert alert -> alerts += valid ? by : 0;
      case Gap gap -> gaps += valid ? by : 0;
      case DeadLetter letter -> deadLetters += by;
      case Summary summary -> {}
      case Unanswered unanswered -> {}
      case StreamEnd ended -> {}
      case QuestionAnswer answer -> {}
    }
  }

  private void analyzed(Inferred window, Instant until) {
    if (lastAnalyzed == null || latestWindow == null || !until.isBefore(lastAnalyzed)) {
      latestWindow = window;
    }
    lastAnalyzed = later(lastAnalyzed, until);
  }

  private static Instant earlier(@Nullable Instant one, Instant other) {
    return one == null || other.isBefore(one) ? other : one;
  }

  private static Instant later(@Nullable Instant one, Instant other) {
    return one == null || other.isAfter(one) ? other : one;
  }
}
