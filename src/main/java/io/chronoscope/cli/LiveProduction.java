package io.chronoscope.cli;

import io.chronoscope.cli.console.Output;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.live.ChunkSink;
import io.chronoscope.live.LiveSources;
import io.chronoscope.live.SourceEvent;
import io.chronoscope.live.SourceMessages;
import io.chronoscope.live.SourceStatus;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Prints what happens to the live sources of `produce` and, every few seconds, how they are doing.
final class LiveProduction {

  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Output output;
  private final InstantSource clock;
  private final Form form;
  private final Map<String, LiveRate> rates = new LinkedHashMap<>();
  private volatile int status = ExitCode.OK;
  private volatile boolean stopping;

  /// What is printed for each chunk.
  enum Form {
    TEXT,
    JSON
  }

  LiveProduction(Output output, InstantSource clock, Form form) {
    this.output = output;
    this.clock = clock;
    this.form = form;
  }

  /// Called on the threads of the sources.
  void onEvent(SourceEvent event) {
    if (event instanceof SourceEvent.Failed) {
      status = ExitCode.FAILED;
    }
    if (!(event instanceof SourceEvent.Sent sent)) {
      output.report(event.stream() + ": " + SourceMessages.of(event));
    } else if (form == Form.JSON) {
      output.printJson(json(sent));
    }
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
  /// @param media stays owned by the caller
  /// @return the exit code
  /// @throws EnvironmentException when a spool cannot be used
  int run(
      List<LiveSources.Plan> plans,
      LiveSources.Settings settings,
      ChunkSink sink,
      InputStream in,
      LiveSources.Media media) {
    try (LiveSources sources =
        LiveSources.start(plans, settings, sink, in, media, clock, this::onEvent)) {
      Thread stop =
          Thread.ofPlatform()
              .name("stop-sources")
              .unstarted(() -> {
                stopping = true;
                sources.close();
                report(sources);
              });
      Runtime.getRuntime().addShutdownHook(stop);
      while (!sources.awaitEnd(INTERVAL)) {
        if (!stopping) {
          report(sources);
        }
      }
      if (!stopping) {
        report(sources);
        Runtime.getRuntime().removeShutdownHook(stop);
      }
    } catch (IOException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return status;
  }

  private synchronized void report(LiveSources sources) {
    Instant now = clock.instant();
    for (SourceStatus status : sources.status()) {
      LiveRate rate =
          rates.getOrDefault(status.stream(), LiveRate.since(status.start())).at(status);
      rates.put(status.stream(), rate);
      output.report(line(status, rate, now));
    }
  }

  private static String line(SourceStatus status, LiveRate rate, Instant now) {
    return "%s: %s, %.1f frames/s, %.2f Mbit/s, lag %.1f s, %d sent, %d waiting (%.1f MB), %d dropped"
        .formatted(
            status.stream(),
            status.state().name(),
            rate.framesPerSecond(),
            rate.bitsPerSecond() / 1e6,
            status.lag(now).toMillis() / 1e3,
            status.sent(),
            status.waiting(),
            status.waitingBytes() / 1e6,
            status.dropped());
  }
}
