package io.chronoscope.cli;

import io.chronoscope.cli.console.Output;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.live.ChunkSink;
import io.chronoscope.live.LiveSources;
import io.chronoscope.live.SourceEvent;
import io.chronoscope.live.SourceState;
import io.chronoscope.live.SourceStatus;
import io.chronoscope.render.ClockTime;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Prints what happens to the live sources of `produce` and, every few seconds, how they are doing.
final class LiveProduction {

  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Output output;
  private final InstantSource clock;
  private final Form form;
  private final Map<String, SourceStatus> before = new LinkedHashMap<>();
  private Instant reportedAt;

  /// What is printed for each chunk.
  enum Form {
    TEXT,
    JSON
  }

  LiveProduction(Output output, InstantSource clock, Form form) {
    this.output = output;
    this.clock = clock;
    this.form = form;
    this.reportedAt = clock.instant();
  }

  /// Called on the threads of the sources.
  void onEvent(SourceEvent event) {
    String id = event.stream() + ": ";
    switch (event) {
      case SourceEvent.Connected connected ->
          output.report(
              id
                  + switch (connected.clock()) {
                    case RTCP -> "receiving; times come from the source's clock (RTCP)";
                    case PROGRAM_DATE_TIME ->
                        "receiving; times come from the playlist (EXT-X-PROGRAM-DATE-TIME)";
                    case FILE -> "receiving; a file ends when it was last modified";
                    case ARRIVAL -> "receiving; times are those of arrival";
                  });
      case SourceEvent.Lost lost ->
          output.report(
              id + "%s; next attempt in %s".formatted(lost.reason(), seconds(lost.retryIn())));
      case SourceEvent.Gap gap ->
          output.report(
              id
                  + "no video for %s, from %s to %s"
                      .formatted(
                          seconds(Duration.between(gap.from(), gap.until())),
                          gap.from(),
                          gap.until()));
      case SourceEvent.ClockJumped jumped ->
          output.report(
              id
                  + "the source's clock was set %s by %s"
                      .formatted(
                          jumped.by().isNegative() ? "back" : "forward",
                          seconds(jumped.by().abs())));
      case SourceEvent.Sent sent -> {
        if (form == Form.JSON) {
          output.printJson(json(sent));
        }
      }
      case SourceEvent.Held held ->
          output.report(id + "Kafka takes no chunks, they wait on disk: " + held.reason());
      case SourceEvent.Resumed resumed ->
          output.report(
              id + "Kafka takes chunks again, %d are waiting".formatted(resumed.waiting()));
      case SourceEvent.Dropped dropped ->
          output.report(
              id
                  + "%d chunk%s lost: %s"
                      .formatted(
                          dropped.chunks(), dropped.chunks() == 1 ? "" : "s", dropped.reason()));
      case SourceEvent.Ended ended -> output.report(id + "ended");
    }
  }

  private static String seconds(Duration duration) {
    return duration.compareTo(Duration.ofMinutes(2)) < 0
        ? "%.1f s".formatted(duration.toMillis() / 1e3)
        : ClockTime.coarse(duration.toMillis());
  }

  private static Map<String, Object> json(SourceEvent.Sent sent) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("stream", sent.chunk().stream());
    line.put("sequence", sent.chunk().sequence());
    line.put("start", sent.chunk().start());
    line.put("durationMs", sent.chunk().duration().toMillis());
    line.put("bytes", sent.chunk().media().length);
    line.put("contentType", sent.chunk().contentType());
    line.put("clock", sent.chunk().clock().id());
    line.put("at", sent.at());
    return line;
  }

  /// Reads the sources until all have ended. A signal stops the process: what was received so far
  /// is cut and sent first.
  ///
  /// @param sink stays owned by the caller
  /// @throws EnvironmentException when a spool cannot be used
  void run(
      List<LiveSources.Plan> plans, LiveSources.Settings settings, ChunkSink sink, InputStream in) {
    try (LiveSources sources = LiveSources.start(plans, settings, sink, in, clock, this::onEvent)) {
      Thread stop =
          Thread.ofPlatform()
              .name("stop-sources")
              .unstarted(() -> {
                sources.close();
                report(sources);
              });
      Runtime.getRuntime().addShutdownHook(stop);
      while (!sources.awaitEnd(INTERVAL)) {
        report(sources);
      }
      report(sources);
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IOException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void report(LiveSources sources) {
    Instant now = clock.instant();
    double elapsed = Math.max(1e-3, Duration.between(reportedAt, now).toMillis() / 1e3);
    for (SourceStatus status : sources.status()) {
      output.report(line(status, before.get(status.stream()), elapsed, now));
      before.put(status.stream(), status);
    }
    reportedAt = now;
  }

  private static String line(
      SourceStatus status, @Nullable SourceStatus earlier, double elapsed, Instant now) {
    long frames = status.frames() - (earlier == null ? 0 : earlier.frames());
    long bytes = status.bytes() - (earlier == null ? 0 : earlier.bytes());
    String state =
        switch (status.state()) {
          case SourceState.Connecting connecting -> "connecting";
          case SourceState.Live live -> "live";
          case SourceState.Waiting waiting -> "waiting, " + waiting.reason();
          case SourceState.Ended ended -> "ended";
          case SourceState.Stopped stopped -> "stopped";
        };
    return "%s: %s, %.1f frames/s, %.2f Mbit/s, lag %.1f s, %d sent, %d waiting (%.1f MB), %d dropped"
        .formatted(
            status.stream(),
            state,
            frames / elapsed,
            bytes * 8 / elapsed / 1e6,
            status.lag(now).toMillis() / 1e3,
            status.sent(),
            status.waiting(),
            status.waitingBytes() / 1e6,
            status.dropped());
  }
}
