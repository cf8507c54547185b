package io.chronoscope.analysis.stream;

import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.shedding.LoadGovernor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Tells the governor how far a stream is behind: how long the record that is turned to, or that
/// waits while the stream is busy, has been on the topic. It goes by the records' timestamps, so
/// what waits in Kafka counts like what waits here.
record StreamLag(String stream, LoadGovernor load, InstantSource clock) {

  /// A record is turned to, or is the first of those that wait.
  void at(StreamInput input) {
    switch (input) {
      case Chunk chunk -> at(chunk.recordTime());
      case EndOfStream end -> {}
      case Unreadable unreadable -> {}
    }
  }

  void at(Instant recordTime) {
    Duration waited = Duration.between(recordTime, clock.instant());
    load.behind(stream, waited.isNegative() ? Duration.ZERO : waited);
  }

  /// Nothing waits, and nothing is being done.
  void none() {
    load.behind(stream, Duration.ZERO);
  }

  /// The stream is over, or rests, or goes on elsewhere.
  void forget() {
    load.forget(stream);
  }
}
