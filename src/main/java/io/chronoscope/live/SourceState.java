package io.chronoscope.live;

import java.time.Instant;
import java.util.List;

/// What a source is doing.
public sealed interface SourceState {

  /// The names of all states.
  List<String> NAMES = List.of("connecting", "live", "waiting", "ended", "stopped", "elsewhere");

  /// One word, for metrics and health.
  default String name() {
    return switch (this) {
      case Connecting() -> "connecting";
      case Live(Instant _) -> "live";
      case Waiting(String _, Instant _) -> "waiting";
      case Ended() -> "ended";
      case Stopped() -> "stopped";
      case Elsewhere() -> "elsewhere";
    };
  }

  /// It is being connected to, or nothing was received yet.
  record Connecting() implements SourceState {}

  /// Video is received.
  record Live(Instant since) implements SourceState {}

  /// It failed and is tried again.
  record Waiting(String reason, Instant until) implements SourceState {}

  /// It has ended by itself, and so has its stream.
  record Ended() implements SourceState {}

  /// It was stopped here.
  record Stopped() implements SourceState {}

  /// Another instance of the service reads it.
  record Elsewhere() implements SourceState {}
}
