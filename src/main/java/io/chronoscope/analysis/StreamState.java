package io.chronoscope.analysis;

import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.rule.Rule;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// All that a stream needs to go on, as one value that can be written down; together with the
/// chunks from [StreamCommit#resumeFrom()] on it determines everything that the stream will still
/// publish.
///
/// @param version of this layout
/// @param start the stream's time zero: absolute time of its first chunk
/// @param nextWindow number of the next window to be analysed; windows are counted from the
///   stream's start
/// @param openEvents events that a later window may still move
/// @param summaries what the summaries still to come are made of
/// @param counts what was told so far
/// @param rules what is to be remembered of rules
/// @param timing where it stands in time and in its records
public record StreamState(
    int version,
    String stream,
    Instant start,
    long nextWindow,
    List<OpenEvent> openEvents,
    Summaries summaries,
    Counts counts,
    List<WatchedRule> rules,
    StreamPosition timing) {

  public static final int VERSION = 3;

  public StreamState {
    openEvents = List.copyOf(openEvents);
    rules = List.copyOf(rules);
  }

  /// Whether all of it was looked at and told, so that only another record can bring anything new.
  public boolean rests() {
    long fromStart =
        timing.covered().map(covered -> ChronoUnit.MICROS.between(start, covered)).orElse(-1L);
    return timing.begun()
        && timing.phase() == StreamPosition.Phase.RUNNING
        && timing.needed().isEmpty()
        && timing.windows().first() == nextWindow
        && timing.windows().fromMicros() == fromStart
        && openEvents.isEmpty()
        && rules.stream().allMatch(rule -> rule.open().isEmpty());
  }

  /// An event that a later look may still move.
  ///
  /// @param event as it was told last; frames and chunks may have been added since
  /// @param startSeen the look that saw its start
  /// @param endSeen the look that saw its end
  /// @param wordingMicros how much of the event was seen by the look that worded it
  public record OpenEvent(VideoEvent event, Seen startSeen, Seen endSeen, long wordingMicros) {

    /// By which look a bound was seen.
    ///
    /// @param window number of the window
    /// @param untilMicros where it stopped looking, in microseconds from the stream's start: the
    ///   further a bound lies before that, the better it was seen
    public record Seen(long window, long untilMicros) {}

    public OpenEvent withEvent(VideoEvent now) {
      return new OpenEvent(now, startSeen, endSeen, wordingMicros);
    }
  }

  /// What a rule has found, as far as it counts for what comes.
  ///
  /// @param rule as it was when its open alert was last revised
  /// @param lastEndMicros end of its last alert that was closed, in microseconds from the stream's
  ///   start; its cool-down runs from there
  public record WatchedRule(Rule rule, Optional<OpenAlert> open, OptionalLong lastEndMicros) {}

  /// An alert that a later window may still move.
  ///
  /// @param seen the alert as an event
  /// @param score how sure the model was at most
  /// @param event the event that tells the same
  public record OpenAlert(OpenEvent seen, double score, Optional<String> event) {}

  /// What [RetainedSummaries] are, each list by number; bounded.
  ///
  /// @param doneMicros all windows that begin before are done
  /// @param windows of this minute and the one before
  /// @param minutes of this hour and the one before
  /// @param hours the latest
  /// @param earlier what all hours before those come to; its parts are their numbers
  /// @param whole the whole as it was last told
  public record Summaries(
      long doneMicros,
      List<Told> windows,
      List<Told> minutes,
      List<Told> hours,
      Optional<Told> earlier,
      Optional<Told> whole) {

    public static final Summaries NONE =
        new Summaries(0, List.of(), List.of(), List.of(), Optional.empty(), Optional.empty());

    public Summaries {
      windows = List.copyOf(windows);
      minutes = List.copyOf(minutes);
      hours = List.copyOf(hours);
    }
  }

  /// A summary that was told.
  ///
  /// @param number of its window, minute or hour, from the stream's start; negative for a look at
  ///   what was missed, see [SummaryRecords#repair]
  /// @param beginsMicros where that begins
  /// @param startMicros where what it rests on begins
  /// @param text its beginning, if it is long
  /// @param digest of what it rests on; when that is the same, so is the summary
  /// @param parts numbers of the summaries below on which it rests; none of a window and the whole
  public record Told(
      long number,
      int revision,
      long beginsMicros,
      long startMicros,
      long endMicros,
      String text,
      Sampling sampling,
      String digest,
      List<Long> parts) {

    public Told {
      parts = List.copyOf(parts);
    }
  }

  /// @param windows looked at, each once
  /// @param events told and not withdrawn
  public record Counts(long windows, long events) {

    public static final Counts NONE = new Counts(0, 0);
  }
}
