package io.chronoscope.live;

import java.time.Duration;

/// What events of sources say to people. Contains no secrets.
public final class SourceMessages {

  private SourceMessages() {}

  /// One line, without the stream.
  public static String of(SourceEvent event) {
    return switch (event) {
      case SourceEvent.Connected(String stream, var clock) ->
          switch (clock) {
            case RTCP -> "receiving; times come from the source's clock (RTCP)";
            case PROGRAM_DATE_TIME ->
                "receiving; times come from the playlist (EXT-X-PROGRAM-DATE-TIME)";
            case FILE -> "receiving; a file ends when it was last modified";
            case ARRIVAL -> "receiving; times are those of arrival";
          };
      case SourceEvent.Lost(String stream, String reason, Duration retryIn) ->
          "%s; next attempt in %s".formatted(reason, seconds(retryIn));
      case SourceEvent.Failed(String stream, String reason) -> "cannot be read: " + reason;
      case SourceEvent.Gap(String stream, var from, var until) ->
          "no video for %s, from %s to %s"
              .formatted(seconds(Duration.between(from, until)), from, until);
      case SourceEvent.ClockJumped(String stream, Duration by) ->
          "the source's clock was set %s by %s"
              .formatted(by.isNegative() ? "back" : "forward", seconds(by.abs()));
      case SourceEvent.Sent(SpooledChunk chunk, var at) ->
          "chunk %d is at %s".formatted(chunk.sequence(), at);
      case SourceEvent.Held(String stream, String reason) ->
          "Kafka takes no chunks, they wait on disk: " + reason;
      case SourceEvent.Resumed(String stream, int waiting) ->
          "Kafka takes chunks again, %d are waiting".formatted(waiting);
      case SourceEvent.Dropped(String stream, int chunks, String reason) ->
          "%d chunk%s lost: %s".formatted(chunks, chunks == 1 ? "" : "s", reason);
      case SourceEvent.Ended(String stream) -> "ended";
    };
  }

  /// What a source is doing.
  public static String of(SourceState state) {
    return switch (state) {
      case SourceState.Live(var since) -> "live since " + since;
      case SourceState.Waiting(String reason, var until) ->
          "waiting until %s: %s".formatted(until, reason);
      case SourceState.Elsewhere() -> "read by another instance";
      case SourceState.Connecting _, SourceState.Ended _, SourceState.Stopped _ -> state.name();
    };
  }

  private static String seconds(Duration duration) {
    return duration.compareTo(Duration.ofMinutes(2)) < 0
        ? "%.1f s".formatted(duration.toMillis() / 1e3)
        : "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart());
  }
}
