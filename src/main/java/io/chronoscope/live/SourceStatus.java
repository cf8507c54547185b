package io.chronoscope.live;

import io.chronoscope.domain.SourceClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a source is doing. Counters count from its start.
///
/// @param address without secrets
/// @param frames of the chunks cut
/// @param bytes of the chunks cut
/// @param cutAt when the last chunk was cut
/// @param sent chunks in Kafka
/// @param dropped chunks lost here
/// @param reconnects connections after the first
/// @param gaps times for which there was no video
/// @param waiting chunks in the spool
/// @param waitingBytes their size
/// @param clock where times come from at present
/// @param sentUntil end of the newest chunk in Kafka
/// @param start when the source was started
public record SourceStatus(
    String stream,
    String address,
    SourceState state,
    long frames,
    long bytes,
    Optional<Instant> cutAt,
    long sent,
    long dropped,
    long reconnects,
    long gaps,
    int waiting,
    long waitingBytes,
    Optional<SourceClock> clock,
    Optional<Instant> sentUntil,
    Instant start) {

  /// Of a source that is not being read here.
  public static SourceStatus idle(String stream, String address, SourceState state, Instant now) {
    return new SourceStatus(
        stream,
        address,
        state,
        0,
        0,
        Optional.empty(),
        0,
        0,
        0,
        0,
        0,
        0,
        Optional.empty(),
        Optional.of(now),
        now);
  }

  /// How far what is in Kafka trails the present.
  public Duration lag(Instant now) {
    Duration lag = Duration.between(sentUntil.orElse(start), now);
    return lag.isNegative() ? Duration.ZERO : lag;
  }
}
