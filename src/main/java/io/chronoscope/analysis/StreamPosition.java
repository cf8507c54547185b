package io.chronoscope.analysis;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.sampling.FrameSampler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How far a stream has progressed, in time and in its records. Together with the records that are
/// still needed it determines everything the stream does next; wall-clock time plays no part in it.
///
/// Part of [StreamState] on the state topic: the JSON names and their order are fixed.
///
/// @param started whether a chunk has been decoded; until then the stream's start is only a guess
/// @param phase what the stream is doing
/// @param lastReadOffset offset of the last record read; results that follow from it are published,
///   and reading it again only restores what was in memory
/// @param watermark time before which the stream has been decoded or is known to be missing; empty
///   until it has started
/// @param unreadableAtWatermark whether the chunk that follows the watermark could not be decoded
///   and declared no duration
/// @param latestStart latest start of any chunk received: the stream's event time
/// @param latestSequence sequence number of that chunk; -1 before the first
/// @param nextSequence sequence number expected at the watermark
/// @param windowAnchor from where windows are numbered
/// @param settledMicros offset before which the stream has been analyzed or reported as not
///   analyzed
/// @param partialMicros offset up to which a window that is not full yet has been analyzed
/// @param sampler position of the frame sampler
/// @param needed decoded records whose frames a window still needs, in decoding order, followed by
///   records buffered for reordering, in time order
/// @param gaps the most recent gaps
/// @param gapsForgottenBefore gaps before this time are no longer known; empty while all are
/// @param notSeenMicros total length of all gaps
/// @param earlierStarts starts of this stream before its clock was set back; the most recent ones
public record StreamPosition(
    @JsonProperty("begun") boolean started,
    Phase phase,
    @JsonProperty("readThrough") long lastReadOffset,
    @JsonProperty("covered") Optional<Instant> watermark,
    @JsonProperty("unreadable") boolean unreadableAtWatermark,
    @JsonProperty("newest") Optional<Instant> latestStart,
    @JsonProperty("newestSequence") long latestSequence,
    long nextSequence,
    @JsonProperty("windows") WindowAnchor windowAnchor,
    long settledMicros,
    @JsonProperty("lookedMicros") long partialMicros,
    @JsonProperty("sampled") FrameSampler.Position sampler,
    List<NeededRecord> needed,
    @JsonProperty("missed") List<PublishedGap> gaps,
    @JsonProperty("missedSince") Optional<Instant> gapsForgottenBefore,
    long notSeenMicros,
    List<Instant> earlierStarts) {

  public StreamPosition {
    earlierStarts = List.copyOf(earlierStarts);
    needed = List.copyOf(needed);
    gaps = List.copyOf(gaps);
  }

  /// Position of the frame sampler before the first chunk.
  public static final FrameSampler.Position SAMPLER_START =
      new FrameSampler.Position(0, Long.MIN_VALUE / 2);

  /// What a stream is doing. Every phase but the first completes without another record.
  public enum Phase {
    /// Follows its chunks.
    RUNNING,
    /// Has received nothing for a while: drains what it has and closes what is open.
    @JsonProperty("RESTING")
    IDLING,
    /// Its clock was set back: drains and closes, then starts again on a new timeline.
    @JsonProperty("TURNING")
    RESTARTING,
    /// Its producer ended it: drains and closes.
    ENDING
  }

  /// A record that has to be replayed after a restart.
  ///
  /// @param sequence the chunk's number in the stream
  /// @param start absolute time of the chunk's presentation time zero
  /// @param decoded empty while the chunk is buffered for reordering
  public record NeededRecord(
      long offset,
      long sequence,
      Instant start,
      @JsonProperty("taken") Optional<DecodedChunk> decoded) {}

  /// What is known of a chunk that has been decoded.
  ///
  /// @param end absolute
  /// @param samplerBefore position of the frame sampler before the chunk
  /// @param detailLevel at which its frames were sampled; 0, full detail, is not written
  public record DecodedChunk(
      Instant end,
      @JsonProperty("before") FrameSampler.Position samplerBefore,
      @JsonProperty("level") @JsonInclude(JsonInclude.Include.NON_DEFAULT) int detailLevel) {}

  /// A gap that has been published.
  ///
  /// @param revision the last one published
  public record PublishedGap(
      Instant start, Instant end, Cause cause, String detail, int revision) {}
}
