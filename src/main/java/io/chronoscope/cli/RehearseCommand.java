package io.chronoscope.cli;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.cli.run.EmbeddedService;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.Pace;
import io.chronoscope.cli.run.SegmentStream;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Does what processes of this program usually do, for the launcher to record which classes that
/// takes (`src/launcher/start.sh`). Users never call it.
@Command(
    name = "rehearse",
    hidden = true,
    description = "Records the start caches. The launcher runs it by itself.")
final class RehearseCommand implements Callable<Integer> {

  /// What a process does; each has a cache of its own.
  enum Part {
    /// Starts everything, with a broker, and analyzes one short video; meanwhile it starts the
    /// other parts, which need one.
    EMBEDDED,
    /// The same without a broker.
    SERVICE,
    /// Runs the commands that read topics.
    COMMANDS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "PART", description = "${COMPLETION-CANDIDATES}")
  Part part = Part.EMBEDDED;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  private final Output output;

  RehearseCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    return switch (part) {
      case EMBEDDED -> embedded();
      case SERVICE -> service();
      case COMMANDS -> commands();
    };
  }

  private static int embedded() {
    ChronoscopeConfig settings = ConfigLoader.load();
    AtomicBoolean othersDone = new AtomicBoolean();
    service(settings)
        .run(
            List.of(video(settings)),
            results -> {
              // The broker is up now, and its topics exist.
              if (othersDone.compareAndSet(false, true)) {
                String servers = ConfigLoader.load().kafka().bootstrapServers();
                rehearse(Part.COMMANDS, servers);
                rehearse(Part.SERVICE, servers);
              }
            });
    return ExitCode.OK;
  }

  /// On topics of its own, beside the service that holds the broker.
  private int service() {
    kafka.apply();
    for (Topic topic : Topic.values()) {
      SettingOverrides.set(topic.setting(), "rehearsal." + topic.defaultName());
    }
    SettingOverrides.set("chronoscope.kafka.group", "rehearsal");
    ChronoscopeConfig settings = ConfigLoader.load();
    service(settings)
        .runOn(
            settings.kafka().bootstrapServers(),
            List.of(video(settings)),
            Pace.IMMEDIATE,
            results -> {},
            complete -> {});
    return ExitCode.OK;
  }

  private static EmbeddedService service(ChronoscopeConfig settings) {
    return new EmbeddedService(settings, AnalysisListener.SILENT, List.of());
  }

  private static SegmentStream video(ChronoscopeConfig settings) {
    Path video = FileFeed.videosIn(ConfigLoader.resolve(settings, "video-samples")).getFirst();
    return new SegmentStream("rehearsal", FileFeed.cut(video, Duration.ofSeconds(2)));
  }

  /// Starts the launcher again, which records the new process, too.
  private static void rehearse(Part part, String bootstrapServers) {
    String launcher = System.getProperty("launcher.path");
    if (launcher == null) {
      throw new EnvironmentException("only the launcher can run `rehearse`");
    }
    try {
      int status =
          new ProcessBuilder(launcher, "rehearse", part.toString(), "--bootstrap", bootstrapServers)
              .inheritIO()
              .start()
              .waitFor();
      if (status != ExitCode.OK) {
        throw new IllegalStateException(
            "the rehearsal of the part `%s` ended with status %d".formatted(part, status));
      }
    } catch (IOException e) {
      throw new EnvironmentException("cannot run " + launcher + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during the rehearsal of " + part, e);
    }
  }

  private int commands() {
    kafka.apply();
    List<List<String>> lines =
        List.of(
            List.of("--help"),
            List.of("rules", "list"),
            List.of("events"),
            List.of("events", "--json"),
            List.of("dlq", "list"));
    for (List<String> line : lines) {
      int status = new CommandLineInterface(output).run(line.toArray(String[]::new));
      if (status != ExitCode.OK) {
        return status;
      }
    }
    return ExitCode.OK;
  }
}
