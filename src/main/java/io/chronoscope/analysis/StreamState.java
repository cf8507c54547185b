package io.chronoscope.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.rule.Rule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The complete state of a stream as one value. Together with the chunks from
/// [StreamCommit#resumeFrom()] on, it determines everything the stream will still publish.
///
/// Written as JSON to the state topic: component names, or the names in [JsonProperty], and their
/// order are fixed.
///
/// @param version of this layout
/// @param start the stream's time zero: absolute time of its first chunk
/// @param nextWindow number of the next window to analyze; windows are numbered from the stream's
///   start
/// @param openEvents events that a later window may still revise
/// @param summaries the summaries from which later ones are built
/// @param counts what has been published
/// @param rules what has to be remembered of each rule
/// @param position how far the stream has progressed in time and in its records
public record StreamState(
    int version,
    String stream,
    Instant start,
    long nextWindow,
    List<OpenEvent> openEvents,
    Summaries summaries,
    Counts counts,
    List<WatchedRule> rules,
    @JsonProperty("timing") StreamPosition position) {

  public static final int VERSION = 3;

  public StreamState {
    openEvents = List.copyOf(openEvents);
    rules = List.copyOf(rules);
  }

  /// The state of a stream none of whose chunks has been analyzed.
  public static StreamState initial(String stream, Instant start, StreamPosition position) {
    return new StreamState(
        VERSION, stream, start, 0, List.of(), Summaries.NONE, Counts.NONE, List.of(), position);
  }

  /// Whether the stream is idle: everything read is analyzed and published, and only another record
  /// can lead to new results.
  public boolean isIdle() {
    long watermarkMicros =
        position.watermark().map(new StreamClock(start)::offsetMicros).orElse(-1L);
    return position.started()
        && position.phase() == StreamPosition.Phase.RUNNING
        && position.needed().isEmpty()
        && position.windowAnchor().equals(new WindowAnchor(nextWindow, watermarkMicros))
        && openEvents.isEmpty()
        && rules.stream().allMatch(rule -> rule.open().isEmpty());
  }

  /// An event that a later window may still revise.
  ///
  /// @param event as last published, plus frames and chunks that were added since; its tolerance is
  ///   what the sampling leaves open
  /// @param startSeen the analysis that determined its start
  /// @param endSeen the analysis that determined its end
  /// @param wordingMicros how much of the event the analysis saw that worded its description
  /// @param evidence what its confidence rests on; empty if the model gives none
  /// @param bounds how sure its bounds are; empty if the model reports no probabilities
  public record OpenEvent(
      VideoEvent event,
      Seen startSeen,
      Seen endSeen,
      long wordingMicros,
      Optional<Evidence> evidence,
      Optional<BoundCertainty> bounds) {

    public OpenEvent(VideoEvent event, Seen startSeen, Seen endSeen, long wordingMicros) {
      this(event, startSeen, endSeen, wordingMicros, Optional.empty(), Optional.empty());
    }

    /// What the windows that could see an event say for it.
    ///
    /// @param words highest probability of the least likely word of its description, over windows
    /// @param times highest probability of the least likely digit of its times, over windows
    /// @param seen how many windows saw it
    /// @param looks how many windows could see it
    /// @param lastWindow number of the last of them
    public record Evidence(double words, double times, int seen, int looks, long lastWindow) {}

    /// How sure the bounds of an event are, 0 to 1: the probability of the least likely digit of
    /// each. 0 for a bound at the border of what was seen, and for one that windows disagree about.
    public record BoundCertainty(double start, double end) {

      /// Of both bounds.
      public double least() {
        return Math.min(start, end);
      }
    }

    /// The analysis that determined one bound of an event.
    ///
    /// @param window number of the window
    /// @param untilMicros end of what the analysis saw, in microseconds from the stream's start:
    ///   the further a bound lies before it, the more reliable the bound
    public record Seen(long window, long untilMicros) {}

    public OpenEvent withEvent(VideoEvent revised) {
      return new OpenEvent(revised, startSeen, endSeen, wordingMicros, evidence, bounds);
    }
  }

  /// What has to be remembered of a rule's matches.
  ///
  /// @param rule as it was when its open alert was last revised
  /// @param lastEndMicros end of its last closed alert, in microseconds from the stream's start;
  ///   its cool-down runs from there
  public record WatchedRule(Rule rule, Optional<OpenAlert> open, OptionalLong lastEndMicros) {}

  /// An alert that a later window may still revise.
  ///
  /// @param seen the alert as an event
  /// @param score the model's highest confidence so far
  /// @param event id of the event that describes the same occurrence
  public record OpenAlert(OpenEvent seen, double score, Optional<String> event) {}

  /// The published summaries from which later ones are built, each list ordered by number and
  /// bounded in length.
  ///
  /// @param doneMicros all windows that start before this offset are complete
  /// @param windows summaries of this minute's and the previous minute's windows
  /// @param minutes summaries of this hour's and the previous hour's minutes
  /// @param hours summaries of the most recent hours
  /// @param earlier summary of all hours before those; its parts are their numbers
  /// @param whole the summary of the whole stream as last published
  public record Summaries(
      long doneMicros,
      List<PublishedSummary> windows,
      List<PublishedSummary> minutes,
      List<PublishedSummary> hours,
      Optional<PublishedSummary> earlier,
      Optional<PublishedSummary> whole) {

    public static final Summaries NONE =
        new Summaries(0, List.of(), List.of(), List.of(), Optional.empty(), Optional.empty());

    public Summaries {
      windows = List.copyOf(windows);
      minutes = List.copyOf(minutes);
      hours = List.copyOf(hours);
    }
  }

  /// A summary that has been published.
  ///
  /// @param number of its window, minute or hour, from the stream's start; negative for a repaired
  ///   gap, see `SummaryFactory.repairNumber`
  /// @param beginsMicros start of that window, minute or hour
  /// @param startMicros start of the video it is based on
  /// @param endMicros end of the video it is based on
  /// @param text shortened if it is long
  /// @param digest of the summaries or answers it is based on; an equal digest means an equal
  ///   summary
  /// @param parts numbers of the summaries one level below that it is based on; empty for a window
  ///   and for the whole stream
  public record PublishedSummary(
      long number,
      int revision,
      long beginsMicros,
      long startMicros,
      long endMicros,
      String text,
      Sampling sampling,
      String digest,
      List<Long> parts) {

    public PublishedSummary {
      parts = List.copyOf(parts);
    }
  }

  /// @param windows analyzed windows, each counted once
  /// @param events published events that were not withdrawn
  public record Counts(long windows, long events) {

    public static final Counts NONE = new Counts(0, 0);
  }
}
