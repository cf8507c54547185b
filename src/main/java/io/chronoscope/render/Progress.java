package io.chronoscope.render;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Shows how far the work on each stream is: on a terminal one bar per stream, redrawn in place;
/// elsewhere one line at each quarter of a stream. Thread-safe.
public final class Progress implements AutoCloseable {

  private static final int BAR = 24;
  private static final long REDRAW_NANOS = 100_000_000;

  private static final class Stream {
    final Optional<Long> durationMs;
    long analyzedMs;
    String note = "0 events";
    int quartersPrinted;
    boolean done;

    Stream(Optional<Long> durationMs) {
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

  /// @param durationMs total duration of the stream; empty when it is unknown
  public synchronized void start(String stream, Optional<Long> durationMs) {
    streams.putIfAbsent(stream, new Stream(durationMs));
    draw();
  }

  /// @param analyzedMs how much of the stream has been analyzed; values below an earlier one are
  ///   ignored
  /// @param events number of events found so far
  public void update(String name, long analyzedMs, int events) {
    update(name, analyzedMs, events + (events == 1 ? " event" : " events"));
  }

  /// @param doneMs how much of the stream is done; values below an earlier one are ignored
  /// @param note stands behind the bar
  public synchronized void update(String name, long doneMs, String note) {
    Stream stream = streams.computeIfAbsent(name, n -> new Stream(Optional.empty()));
    stream.analyzedMs = Math.max(stream.analyzedMs, doneMs);
    stream.note = note;
    printQuarter(name, stream);
    drawIfDue();
  }

  public synchronized void end(String name) {
    Stream stream = streams.computeIfAbsent(name, n -> new Stream(Optional.empty()));
    stream.done = true;
    stream.durationMs.ifPresent(all -> stream.analyzedMs = all);
    printQuarter(name, stream);
    draw();
  }

  /// Prints a message above the bars.
  public synchronized void print(String line) {
    erase();
    out.println(line);
    draw();
  }

  /// Leaves the last state on the screen.
  @Override
  public synchronized void close() {
    draw();
    linesDrawn = 0;
    streams.clear();
  }

  private void printQuarter(String name, Stream stream) {
    if (terminal.live() || stream.durationMs.isEmpty()) {
      return;
    }
    int quarters =
        stream.done
            ? 4
            : (int) Math.min(3, stream.analyzedMs * 4 / Math.max(1, stream.durationMs.get()));
    if (quarters > stream.quartersPrinted) {
      stream.quartersPrinted = quarters;
      out.println(line(name, stream, TextWidth.of(name)));
    }
  }

  private void drawIfDue() {
    if (System.nanoTime() - lastDrawn >= REDRAW_NANOS) {
      draw();
    }
  }

  private void draw() {
    if (!terminal.live()) {
      return;
    }
    erase();
    int width = streams.keySet().stream().mapToInt(TextWidth::of).max().orElse(0);
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
    line.repeat(' ', width - TextWidth.of(name) + 2);
    if (stream.durationMs.isPresent()) {
      long all = Math.max(1, stream.durationMs.get());
      int filled = (int) (BAR * Math.min(all, stream.analyzedMs) / all);
      line.append("█".repeat(filled)).append("░".repeat(BAR - filled)).append("  ");
      line.append(ClockTime.coarse(stream.analyzedMs)).append(" of ").append(ClockTime.coarse(all));
    } else {
      line.append(ClockTime.coarse(stream.analyzedMs));
    }
    line.append("  ").append(stream.note);
    return stream.done ? line.append("  ✓").toString() : line.toString();
  }
}
