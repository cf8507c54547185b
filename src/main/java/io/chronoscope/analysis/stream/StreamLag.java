package io.chronoscope.analysis.stream;

import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.shedding.LoadGovernor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Reports a stream's lag to the [LoadGovernor]: how long the record that is processed, or the
/// first that waits while the stream is busy, has been on the topic. It is measured from the
/// records' timestamps, so waiting in Kafka counts the same as waiting here.
record StreamLag(String stream, LoadGovernor load, InstantSource clock) {

  /// @param input is processed next, or is the first that waits
  void report(StreamInput input) {
    switch (input) {
      case Chunk chunk -> report(chunk.recordTime());
      case EndOfStream end -> {}
      case Unreadable unreadable -> {}
    }
  }

  void report(Instant recordTime) {
    Duration waited = Duration.between(recordTime, clock.instant());
    load.recordLag(stream, waited.isNegative() ? Duration.ZERO : waited);
  }

  /// Nothing waits and nothing is processed.
  void reportNone() {
    load.recordLag(stream, Duration.ZERO);
  }

  /// The stream has ended, is idle, or was revoked.
  void forget() {
    load.forget(stream);
  }
}
