package io.chronoscope.render;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tells how far streams are: a bar each, drawn again in place, when someone watches; else a line
/// at each quarter of a stream. Thread-safe.
public final class Progress implements AutoCloseable {

  private static final int BAR = 24;
  private static final long REDRAW_NANOS = 100_000_000;

  private static final class Stream {
    final Optional<Long> durationMs;
    long seenMs;
    int events;
    int quartersTold;
    boolean done;

    public Stream(Optional<Long> durationMs) {
      this.durationMs = durationMs;
    }
  }

  private final PrintStream out;
  private final Terminal terminal;
  private final Map<String, Stream> streams = new LinkedHashMap<>();
  private int linesDrawn;
  private long lastDrawn;

  public Progress(PrintStream out, Terminal terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// @param durationMs how long the stream will be; empty when nobody knows
  public synchronized void starts(String stream, Optional<Long> durationMs) {
    streams.putIfAbsent(stream, new Stream(durationMs));
    draw(true);
  }

  /// @param seenMs how much of the stream has been analysed; never goes back
  /// @param events how many it has so far
  public synchronized void reaches(String name, long seenMs, int events) {
    Stream stream = streams.computeIfAbsent(name, n -> new Stream(Optional.empty()));
    stream.seenMs = Math.max(stream.seenMs, seenMs);
    stream.events = events;
    tell(name, stream);
    draw(false);
  }

  public synchronized void ends(String name) {
    Stream stream = streams.computeIfAbsent(name, n -> new Stream(Optional.empty()));
    stream.done = true;
    stream.durationMs.ifPresent(all -> stream.seenMs = all);
    tell(name, stream);
    draw(true);
  }

  /// Something to say between the bars.
  public synchronized void says(String line) {
    erase();
    out.println(line);
    draw(true);
  }

  /// Leaves the last state on the screen.
  @Override
  public synchronized void close() {
    draw(true);
    linesDrawn = 0;
    streams.clear();
  }

  private void tell(String name, Stream stream) {
    if (terminal.live() || stream.durationMs.isEmpty()) {
      return;
    }
    int quarters =
        stream.done
            ? 4
            : (int) Math.min(3, stream.seenMs * 4 / Math.max(1, stream.durationMs.get()));
    if (quarters > stream.quartersTold) {
      stream.quartersTold = quarters;
      out.println(line(name, stream, name.length()));
    }
  }

  private void draw(boolean now) {
    if (!terminal.live() || (!now && System.nanoTime() - lastDrawn < REDRAW_NANOS)) {
      return;
    }
    erase();
    int width = streams.keySet().stream().mapToInt(String::length).max().orElse(0);
    List<String> lines = new ArrayList<>();
    streams.forEach((name, stream) -> lines.add(line(name, stream, width)));
    lines.forEach(out::println);
    out.flush();
    linesDrawn = lines.size();
    lastDrawn = System.nanoTime();
  }

  private void erase() {
    if (linesDrawn > 0) {
      out.print("\033[" + linesDrawn + "A\033[J");
      linesDrawn = 0;
    }
  }

  private static String line(String name, Stream stream, int width) {
    StringBuilder line = new StringBuilder("  ").append(name);
    line.repeat(' ', width - name.length() + 2);
    if (stream.durationMs.isPresent()) {
      long all = Math.max(1, stream.durationMs.get());
      int filled = (int) (BAR * Math.min(all, stream.seenMs) / all);
      line.append("█".repeat(filled)).append("░".repeat(BAR - filled)).append("  ");
      line.append(ClockTime.coarse(stream.seenMs)).append(" of ").append(ClockTime.coarse(all));
    } else {
      line.append(ClockTime.coarse(stream.seenMs));
    }
    line.append("  ").append(stream.events).append(stream.events == 1 ? " event" : " events");
    return stream.done ? line.append("  ✓").toString() : line.toString();
  }
}
