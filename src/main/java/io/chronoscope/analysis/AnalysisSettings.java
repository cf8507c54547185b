package io.chronoscope.analysis;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.sampling.SamplingLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// How streams are analyzed.
///
/// @param maxFramePixels largest frame given to the model, in pixels, whatever the token budget
///   allows
/// @param idleTimeout a stream that receives nothing for this long becomes idle
/// @param maxWaitingBytes media bytes that may wait to be decoded, over all streams
/// @param maxNewTokens longest answer the model may generate, in tokens
/// @param query if present, each window is asked whether and when this happens instead of for all
///   events
/// @param textTasks what the model is asked about text
/// @param ordering how far chunks may arrive out of order
/// @param events how the model is asked for all events, and which of them count
public record AnalysisSettings(
    WindowPlan windows,
    SamplingLimits sampling,
    DecodeLimits decode,
    long maxFramePixels,
    Duration idleTimeout,
    long maxWaitingBytes,
    int maxNewTokens,
    Optional<Query> query,
    Set<TextTask> textTasks,
    OrderingLimits ordering,
    Events events) {

  public AnalysisSettings {
    if (maxFramePixels <= 0 || maxWaitingBytes <= 0 || maxNewTokens <= 0) {
      throw new IllegalArgumentException(
          "maxFramePixels, maxWaitingBytes and maxNewTokens must be positive");
    }
    if (!idleTimeout.isPositive()) {
      throw new IllegalArgumentException("idle timeout is " + idleTimeout);
    }
    textTasks = Set.copyOf(textTasks);
  }

  /// All events of a window.
  ///
  /// @param minConfidence an event with less is not published, 0 to 1
  /// @param prompt asks the model for them
  /// @param checkThreshold an event that only one window can see is asked about once more, about
  ///   its span alone, and left out if the probability of yes is below this; 0 asks nothing
  public record Events(double minConfidence, String prompt, double checkThreshold) {

    /// Everything that the model tells when it is asked as Qwen2.5-VL was trained.
    public static final Events ALL = new Events(0, Prompts.EVENTS, 0);
  }

  /// What to look for.
  ///
  /// @param text in the words of the question "does this happen?"
  /// @param threshold the model's confidence, 0 to 1, from which on it counts as happening
  public record Query(String text, double threshold) {

    public Query {
      if (text.isBlank()) {
        throw new IllegalArgumentException("the query is blank");
      }
      if (!(threshold >= 0 && threshold <= 1)) {
        throw new IllegalArgumentException("threshold is " + threshold + ", not between 0 and 1");
      }
    }
  }

  /// The same with a sampling rate that does not depend on activity.
  public AnalysisSettings withFixed(FixedRate rate) {
    return with(sampling.withFixed(rate), idleTimeout, maxWaitingBytes, query);
  }

  /// The same, looking for one thing.
  public AnalysisSettings withQuery(Query one) {
    return with(sampling, idleTimeout, maxWaitingBytes, Optional.of(one));
  }

  /// The same with another way to ask for all events.
  public AnalysisSettings withEvents(Events other) {
    return new AnalysisSettings(
        windows,
        sampling,
        decode,
        maxFramePixels,
        idleTimeout,
        maxWaitingBytes,
        maxNewTokens,
        query,
        textTasks,
        ordering,
        other);
  }

  /// The same for streams that are read from a topic: none becomes idle in between.
  public AnalysisSettings withoutIdling() {
    return with(sampling, Duration.ofDays(1), maxWaitingBytes, query);
  }

  /// The same with at most this many bytes waiting.
  public AnalysisSettings withMaxWaitingBytesUpTo(long bytes) {
    return with(sampling, idleTimeout, Math.min(maxWaitingBytes, bytes), query);
  }

  private AnalysisSettings with(
      SamplingLimits newSampling,
      Duration newIdleTimeout,
      long newMaxWaitingBytes,
      Optional<Query> newQuery) {
    return new AnalysisSettings(
        windows,
        newSampling,
        decode,
        maxFramePixels,
        newIdleTimeout,
        newMaxWaitingBytes,
        maxNewTokens,
        newQuery,
        textTasks,
        ordering,
        events);
  }
}
