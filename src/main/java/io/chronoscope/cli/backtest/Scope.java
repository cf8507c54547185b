package io.chronoscope.cli.backtest;

import io.chronoscope.domain.StreamPattern;
import java.time.Instant;

/// What a backtest analyzes again.
///
/// @param topic that holds the chunks
/// @param from inclusive
/// @param to exclusive
record Scope(String topic, StreamPattern streams, Instant from, Instant to) {

  boolean includes(String stream, Instant start, Instant end) {
    return streams.matches(stream) && start.isBefore(to) && !end.isBefore(from);
  }
}
