package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.StreamPosition.Phase;
import java.util.Optional;

/// The states of a stream's life cycle. A state has a method for each transition it may make, and
/// for no other.
///
/// ```
///  new stream ──▶ Waiting ──start──▶ Running ──restart──▶ Restarting
///                    ▲                  ▲                   │    │
///                    │                  └─────abandon───────┘    │
///                    └─────────────────complete──────────────────┘
///
///  Waiting, Running ──idle──▶ Idling ──resume───▶ Waiting, Running   the one before
///                               └─────discard───▶ Ended              before Waiting only
///
///  Waiting, Running ──end───▶ Ending ──complete─▶ Ended
///
///  stored state ──▶ Replaying ──complete──▶ Waiting, Running, Idling, Restarting, Ending
/// ```
///
/// [Idling], [Restarting] and [Ending] drain: they process what is buffered without waiting for
/// more and then always complete, without another record. If the first chunk that can be decoded is
/// among what they drain, the stream inside them starts: see [#start].
///
/// The state topic stores the [Phase] of a [Live] state with each commit.
sealed interface LifecycleState {

  /// Resumed from a stored state; some of the records that it needs again have not been replayed.
  ///
  /// @param buffer collects them
  /// @param stored the state to continue in. Its timeline may be used to decode chunks again
  record Replaying(ReplayBuffer buffer, Live stored) implements LifecycleState {

    /// All needed records have been replayed, or are no longer waited for.
    Live complete() {
      return stored;
    }
  }

  /// Accepts no more records. A later record of the same stream starts a new life cycle.
  record Ended() implements LifecycleState {}

  /// A state that can be stored.
  sealed interface Live extends LifecycleState {

    Phase phase();

    /// Empty until a chunk has been decoded.
    Optional<Timeline> timeline();
  }

  /// Accepts records.
  sealed interface Following extends Live {

    /// The stream has received nothing for a while.
    default Idling idle() {
      return new Idling(this);
    }

    /// The producer has ended the stream.
    default Ending end() {
      return new Ending(this);
    }

    @Override
    default Phase phase() {
      return Phase.RUNNING;
    }
  }

  /// No chunk has been decoded yet, or none since the clock was set back.
  record Waiting() implements Following {

    /// The first chunk has been decoded.
    Running start(Timeline timeline) {
      return new Running(timeline);
    }

    @Override
    public Optional<Timeline> timeline() {
      return Optional.empty();
    }
  }

  /// Chunks are decoded and windows are analyzed on a timeline.
  record Running(Timeline current) implements Following {

    /// The producer's clock was set back.
    ///
    /// @param first the first chunk with the new clock
    Restarting restart(PlacedChunk first) {
      return new Restarting(this, Optional.of(first));
    }

    /// The same, restored from a stored state before that chunk has been replayed.
    Restarting restart() {
      return new Restarting(this, Optional.empty());
    }

    @Override
    public Optional<Timeline> timeline() {
      return Optional.of(current);
    }
  }

  /// Processes what is buffered without waiting for more.
  sealed interface Draining extends Live {

    /// The state that is drained.
    Following stream();

    @Override
    default Optional<Timeline> timeline() {
      return stream().timeline();
    }
  }

  /// Drains and closes what is open, because the stream has received nothing for a while.
  record Idling(Following stream) implements Draining {

    /// Everything is closed; the next record continues the stream.
    Following resume() {
      return stream;
    }

    /// Nothing of the stream could be decoded, so it leaves no state behind.
    ///
    /// @throws IllegalStateException when a chunk has been decoded
    Ended discard() {
      return switch (stream) {
        case Waiting waiting -> new Ended();
        case Running running ->
            throw new IllegalStateException("a stream that has started keeps its state when idle");
      };
    }

    @Override
    public Phase phase() {
      return Phase.IDLING;
    }
  }

  /// Drains and closes what is open, because the producer's clock was set back.
  ///
  /// @param first the first chunk with the new clock; empty if it expired before it was replayed
  record Restarting(Running stream, Optional<PlacedChunk> first) implements Draining {

    /// The old timeline is closed; a new one starts with the next chunk that can be decoded.
    Waiting complete() {
      return new Waiting();
    }

    /// The first chunk with the new clock is gone: the old timeline continues.
    Running abandon() {
      return stream;
    }

    @Override
    public Phase phase() {
      return Phase.RESTARTING;
    }
  }

  /// Drains and closes what is open, because the producer has ended the stream.
  record Ending(Following stream) implements Draining {

    /// Everything is closed.
    Ended complete() {
      return new Ended();
    }

    @Override
    public Phase phase() {
      return Phase.ENDING;
    }
  }

  /// Starts the stream with its first decoded chunk, also while it drains.
  ///
  /// @throws IllegalStateException when it has started already
  static Live start(Live state, Timeline timeline) {
    return switch (state) {
      case Waiting waiting -> waiting.start(timeline);
      case Idling(Waiting waiting) -> waiting.start(timeline).idle();
      case Ending(Waiting waiting) -> waiting.start(timeline).end();
      case Running _, Idling(Running _), Ending(Running _), Restarting _ ->
          throw new IllegalStateException("the stream has started already");
    };
  }

  /// The live state that was stored with a phase.
  ///
  /// @param timeline empty if no chunk had been decoded
  /// @throws IllegalStateException when a stream without a timeline was restarting
  static Live stored(Phase phase, Optional<Timeline> timeline) {
    Following stream = timeline.<Following>map(Running::new).orElseGet(Waiting::new);
    return switch (phase) {
      case RUNNING -> stream;
      case IDLING -> stream.idle();
      case ENDING -> stream.end();
      case RESTARTING ->
          switch (stream) {
            case Running running -> running.restart();
            case Waiting waiting ->
                throw new IllegalStateException("a stream that has not started cannot restart");
          };
    };
  }
}
