package io.chronoscope.search;

import io.chronoscope.domain.Result.Inferred;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.wire.ResultType;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Counts what the topics say about one stream, result by result. Not thread-safe.
public final class StreamTally {

  /// What a result contributes.
  ///
  /// @param validity whether it counts as something that happened
  /// @param lagMs how long the last chunk had waited when it was analyzed; 0 if not analyzed
  /// @param loadLevel level of load shedding at that time
  public record Entry(
      ResultType type,
      Validity validity,
      Instant start,
      Instant end,
      Instant publishedAt,
      long lagMs,
      int loadLevel) {

    public static Entry of(IndexedResult one) {
      Validity validity =
          one.status()
              .map(status ->
                  switch (status) {
                    case OPEN, UPDATE -> Validity.IN_PROGRESS;
                    case CLOSED -> Validity.FINAL;
                    case WITHDRAWN -> Validity.WITHDRAWN;
                  })
              .orElse(Validity.FINAL);
      boolean inferred = one.result() instanceof Inferred;
      return new Entry(
          one.type(),
          validity,
          one.start(),
          one.end(),
          one.published().publishedAt(),
          inferred ? ((Inferred) one.result()).sampling().lagMs() : 0,
          inferred ? ((Inferred) one.result()).sampling().loadLevel() : 0);
    }
  }

  /// [Status], as far as it matters here.
  public enum Validity {
    IN_PROGRESS,
    FINAL,
    WITHDRAWN
  }

  private enum Bound {
    FIRST_START,
    LAST_END,
    LAST_PUBLISHED,
    LAST_ANALYZED,
    LATEST_WINDOW,
    STREAM_END,
    LAST_DEAD_LETTER
  }

  private final String stream;
  private @Nullable Instant firstStart;
  private @Nullable Instant lastEnd;
  private @Nullable Instant lastPublished;
  private @Nullable Instant lastAnalyzed;
  private @Nullable Entry latestWindow;
  private @Nullable StreamEnd end;
  private @Nullable Instant lastDeadLetter;

  /// What a removed result determined and no other has taken over since.
  private final EnumSet<Bound> lost = EnumSet.noneOf(Bound.class);

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
    add(Entry.of(one));
    if (one.result() instanceof StreamEnd ended) {
      addEnd(ended);
    }
  }

  /// Adds what a result contributes; an end of the stream needs [#addEnd] as well.
  public void add(Entry one) {
    count(one, 1);
    if (firstStart == null || !one.start().isAfter(firstStart)) {
      firstStart = one.start();
      lost.remove(Bound.FIRST_START);
    }
    lastEnd = later(lastEnd, one.end(), Bound.LAST_END);
    lastPublished = later(lastPublished, one.publishedAt(), Bound.LAST_PUBLISHED);
    switch (one.type()) {
      case SUMMARY, UNANSWERED -> {
        Entry former = latestWindow;
        if (former == null
            || one.end().isAfter(former.end())
            || (one.end().equals(former.end())
                && !one.publishedAt().isBefore(former.publishedAt()))) {
          latestWindow = one;
          lost.remove(Bound.LATEST_WINDOW);
        }
        lastAnalyzed = later(lastAnalyzed, one.end(), Bound.LAST_ANALYZED);
      }
      case EVENT, ALERT -> lastAnalyzed = later(lastAnalyzed, one.end(), Bound.LAST_ANALYZED);
      case DEAD_LETTER ->
          lastDeadLetter = later(lastDeadLetter, one.start(), Bound.LAST_DEAD_LETTER);
      case GAP, STREAM_END, ANSWER -> {}
    }
  }

  public void addEnd(StreamEnd ended) {
    StreamEnd former = end;
    if (former == null || !ended.end().isBefore(former.end())) {
      end = ended;
      lost.remove(Bound.STREAM_END);
    }
  }

  /// Takes back what [#add] counted.
  public void remove(Entry one) {
    count(one, -1);
    lose(Bound.FIRST_START, one.start().equals(firstStart));
    lose(Bound.LAST_END, one.end().equals(lastEnd));
    lose(Bound.LAST_PUBLISHED, one.publishedAt().equals(lastPublished));
    lose(Bound.LAST_ANALYZED, one.end().equals(lastAnalyzed));
    lose(Bound.LATEST_WINDOW, one.equals(latestWindow));
    lose(Bound.STREAM_END, one.type() == ResultType.STREAM_END);
    lose(Bound.LAST_DEAD_LETTER, one.start().equals(lastDeadLetter));
  }

  private void lose(Bound bound, boolean determinedByRemoved) {
    if (determinedByRemoved) {
      lost.add(bound);
    }
  }

  /// Whether a removed result may have been the first or the last of its kind, so that the stream
  /// has to be counted anew before [#facts()] is right.
  public boolean isStale() {
    return !lost.isEmpty();
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
    Entry window = latestWindow;
    return new StreamFacts(
        stream,
        firstStart,
        lastEnd,
        seen,
        continued ? Optional.empty() : Optional.ofNullable(last),
        window == null ? Duration.ZERO : Duration.ofMillis(window.lagMs()),
        window == null ? 0 : window.loadLevel(),
        events,
        openEvents,
        alerts,
        gaps,
        deadLetters,
        Optional.ofNullable(lastDeadLetter));
  }

  private void count(Entry one, int by) {
    results += by;
    int valid = one.validity() == Validity.WITHDRAWN ? 0 : by;
    switch (one.type()) {
      case EVENT -> {
        events += valid;
        openEvents += one.validity() == Validity.IN_PROGRESS ? by : 0;
      }
      case ALERT -> alerts += valid;
      case GAP -> gaps += valid;
      case DEAD_LETTER -> deadLetters += by;
      case SUMMARY, UNANSWERED, STREAM_END, ANSWER -> {}
    }
  }

  private Instant later(@Nullable Instant one, Instant other, Bound bound) {
    if (one == null || !other.isBefore(one)) {
      lost.remove(bound);
      return other;
    }
    return one;
  }
}
