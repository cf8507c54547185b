package io.chronoscope.live;

import java.time.Instant;
import java.util.List;

/// What a source is doing.
public sealed interface SourceState {

  /// The names of all states.
  List<String> NAMES = List.of("connecting", "live", "waiting", "ended", "stopped");

  /// One word, for metrics and health.
  String name();

  /// It is being connected to, or nothing was received yet.
  record Connecting() implements SourceState {
    @Override
    public String name() {
      return "connecting";
    }
  }

  /// Video is received.
  record Live(Instant since) implements SourceState {
    @Override
    public String name() {
      return "live";
    }
  }

  /// It failed and is tried again.
  record Waiting(String reason, Instant until) implements SourceState {
    @Override
    public String name() {
      return "waiting";
    }
  }

  /// It has ended by itself, and so has its stream.
  record Ended() implements SourceState {
    @Override
    public String name() {
      return "ended";
    }
  }

  /// It was stopped here.
  record Stopped() implements SourceState {
    @Override
    public String name() {
      return "stopped";
    }
  }
}
