package io.chronoscope.live;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// Empties a spool into Kafka, chunk by chunk, each until Kafka has it. [#run] is for one thread;
/// everything else is thread-safe.
final class SpoolSender {

  private static final Duration POLL = Duration.ofMillis(200);

  private final String stream;
  private final Spool spool;
  private final ChunkSink sink;
  private final Backoff backoff;
  private final Pause pause;
  private final Consumer<SourceEvent> listener;
  private volatile long sent;
  private volatile Optional<Instant> sentUntil = Optional.empty();
  private volatile boolean ending;
  private volatile boolean held;

  SpoolSender(
      String stream,
      Spool spool,
      ChunkSink sink,
      Backoff backoff,
      Pause pause,
      Consumer<SourceEvent> listener) {
    this.stream = stream;
    this.spool = spool;
    this.sink = sink;
    this.backoff = backoff;
    this.pause = pause;
    this.listener = listener;
  }

  /// Sends until interrupted, or after [#finish] until the spool is empty.
  ///
  /// @return whether the spool is empty
  boolean run() {
    try {
      while (true) {
        boolean last = ending;
        try {
          Optional<SpooledChunk> oldest = spool.oldest(POLL);
          if (oldest.isPresent()) {
            send(oldest.get());
          } else if (last) {
            return true;
          }
        } catch (IOException e) {
          listener.accept(new SourceEvent.Dropped(stream, 1, String.valueOf(e.getMessage())));
        }
      }
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void send(SpooledChunk chunk) throws IOException, InterruptedException {
    try {
      var at = sink.send(chunk);
      spool.remove(chunk.sequence());
      sent++;
      sentUntil = Optional.of(chunk.end());
      backoff.reset();
      if (held) {
        held = false;
        listener.accept(new SourceEvent.Resumed(stream, spool.chunks()));
      }
      listener.accept(new SourceEvent.Sent(chunk, at));
    } catch (RefusedChunkException e) {
      spool.drop(chunk.sequence());
      listener.accept(new SourceEvent.Dropped(stream, 1, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      if (!held) {
        held = true;
        listener.accept(new SourceEvent.Held(stream, String.valueOf(e.getMessage())));
      }
      pause.sleep(backoff.next());
    }
  }

  /// No more chunks will be added.
  void finish() {
    ending = true;
  }

  /// Whether Kafka takes no chunks at present.
  boolean isHeld() {
    return held;
  }

  long sent() {
    return sent;
  }

  Optional<Instant> sentUntil() {
    return sentUntil;
  }
}
