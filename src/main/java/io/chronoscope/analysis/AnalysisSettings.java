package io.chronoscope.analysis;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.sampling.SamplingLimits;
import java.time.Duration;
import java.util.Optional;

/// How streams are looked at.
///
/// @param maxFramePixels largest size at which a frame is given to the model, whatever the budget
///   allows
/// @param idleTimeout a stream that is silent for so long rests
/// @param maxWaitingBytes media bytes that may wait to be decoded, over all streams
/// @param maxNewTokens length of an answer
/// @param query when given, every window is asked when this happens instead of for all events
/// @param summarizesText whether the model can summarize summaries; else the whole is told by
///   joining its parts
/// @param comparesText whether the model can judge if two descriptions speak of the same event;
///   else their words decide alone
/// @param disorder how far chunks may come out of their order
public record AnalysisSettings(
    WindowPlan windows,
    SamplingLimits sampling,
    DecodeLimits decode,
    long maxFramePixels,
    Duration idleTimeout,
    long maxWaitingBytes,
    int maxNewTokens,
    Optional<String> query,
    boolean summarizesText,
    boolean comparesText,
    OrderingLimits disorder) {

  /// With the usual patience for chunks out of order, and without comparing texts.
  public AnalysisSettings(
      WindowPlan windows,
      SamplingLimits sampling,
      DecodeLimits decode,
      long maxFramePixels,
      Duration idleTimeout,
      long maxWaitingBytes,
      int maxNewTokens,
      Optional<String> query,
      boolean summarizesText) {
    this(
        windows,
        sampling,
        decode,
        maxFramePixels,
        idleTimeout,
        maxWaitingBytes,
        maxNewTokens,
        query,
        summarizesText,
        false,
        OrderingLimits.DEFAULTS);
  }

  public AnalysisSettings {
    if (maxFramePixels <= 0 || maxWaitingBytes <= 0 || maxNewTokens <= 0) {
      throw new IllegalArgumentException(
          "maxFramePixels, maxWaitingBytes and maxNewTokens must be positive");
    }
    if (!idleTimeout.isPositive()) {
      throw new IllegalArgumentException("idle timeout is " + idleTimeout);
    }
  }

  /// The same with less that waits.
  public AnalysisSettings withWaitingBytes(long atMost) {
    return new AnalysisSettings(
        windows,
        sampling,
        decode,
        maxFramePixels,
        idleTimeout,
        Math.min(maxWaitingBytes, atMost),
        maxNewTokens,
        query,
        summarizesText,
        comparesText,
        disorder);
  }
}
