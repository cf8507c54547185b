package io.chronoscope.cli.chaos;

import io.chronoscope.cli.console.Columns;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.DurationConverter;
import io.chronoscope.cli.console.FileTree;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Makes things go wrong and says whether what was promised held.
@Command(
    name = "chaos",
    description = {
      "Makes things go wrong and compares what the service publishes with what it publishes"
          + " undisturbed.",
      "Broker, instances and data are its own; nothing else on this machine is touched. All faults"
          + " take a quarter of an hour or more. The exit code is 1 if a promise did not hold."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class ChaosCommand implements Callable<Integer> {

  @Option(
      names = "--faults",
      paramLabel = "NAME",
      split = ",",
      description = "Runs these faults only, separated by commas.")
  List<String> faults = List.of();

  @Option(names = "--list", description = "Lists the faults and what must hold, and runs none.")
  boolean list;

  @Option(
      names = "--outage",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "90s",
      description = "How long the broker is away (default: ${DEFAULT-VALUE}).")
  Duration outage = Duration.ofSeconds(90);

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Keeps logs and data there; otherwise they are deleted.")
  Optional<Path> keep = Optional.empty();

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object for each fault.")
  boolean json;

  private final Output output;

  public ChaosCommand(Output output) {
    this.output = output;
  }

  /// A fault and what was seen.
  record Row(Fault fault, Observation observed, double seconds) {}

  @Override
  public Integer call() throws IOException {
    List<Fault> chosen = Faults.named(faults, outage);
    if (list) {
      list(chosen);
      return ExitCode.OK;
    }
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Path directory =
        keep.isPresent()
            ? Files.createDirectories(keep.get())
            : Files.createTempDirectory("chronoscope-chaos");
    try (Laboratory laboratory =
        Laboratory.open(
            directory,
            ConfigLoader.resolve(settings, "video-samples"),
            ConfigLoader.resolve(settings, settings.model()))) {
      return run(chosen, laboratory);
    } finally {
      if (keep.isEmpty()) {
        FileTree.delete(directory);
      }
    }
  }

  private void list(List<Fault> chosen) {
    if (json) {
      chosen.forEach(fault -> output.printJson(describe(fault)));
      return;
    }
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("FAULT", "WHAT GOES WRONG", "WHAT MUST HOLD"));
    chosen.forEach(fault -> cells.add(List.of(fault.name(), fault.what(), fault.promise())));
    Columns.aligned(cells, output.outTerminal()).forEach(output::print);
  }

  private int run(List<Fault> chosen, Laboratory laboratory) {
    List<Row> rows = new ArrayList<>();
    for (Fault fault : chosen) {
      output.report(
          "%d/%d %s: %s".formatted(rows.size() + 1, chosen.size(), fault.name(), fault.what()));
      Row row = run(fault, laboratory);
      rows.add(row);
      if (json) {
        output.printJson(describe(row));
      } else {
        output.report("  %s: %s".formatted(outcome(row.observed), row.observed.text()));
      }
    }
    if (!json) {
      printTable(rows);
    }
    boolean broken = rows.stream().anyMatch(row -> row.observed instanceof Observation.Broken);
    return broken ? ExitCode.FAILED : ExitCode.OK;
  }

  private static Row run(Fault fault, Laboratory laboratory) {
    Observation observed;
    long startNanos = System.nanoTime();
    try {
      // Not part of the fault's own time.
      laboratory.undisturbed();
      startNanos = System.nanoTime();
      try (Scene scene = laboratory.scene(fault.name())) {
        observed = fault.trial().run(scene);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      observed = new Observation.NotRun("interrupted");
    } catch (Exception e) {
      observed = new Observation.Broken(String.valueOf(e.getMessage()));
    }
    return new Row(fault, observed, (System.nanoTime() - startNanos) / 1e9);
  }

  private void printTable(List<Row> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("FAULT", "PROMISE", "OBSERVED", "HOLDS", "SECONDS"));
    for (Row row : rows) {
      cells.add(
          List.of(
              row.fault.name(),
              row.fault.promise(),
              row.observed.text(),
              outcome(row.observed),
              Decimals.of(row.seconds, 0)));
    }
    Columns.aligned(cells, output.outTerminal()).forEach(output::print);
    long held = rows.stream().filter(row -> row.observed instanceof Observation.Holds).count();
    long notRun = rows.stream().filter(row -> row.observed instanceof Observation.NotRun).count();
    output.print("%d of %d hold, %d not run".formatted(held, rows.size(), notRun));
  }

  private static String outcome(Observation observed) {
    return switch (observed) {
      case Observation.Holds(String text) -> "yes";
      case Observation.Broken(String text) -> "NO";
      case Observation.NotRun(String text) -> "not run";
    };
  }

  private static Map<String, Object> describe(Fault fault) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("fault", fault.name());
    json.put("what", fault.what());
    json.put("promise", fault.promise());
    return json;
  }

  static Map<String, Object> describe(Row row) {
    Map<String, Object> json = describe(row.fault);
    json.put("observed", row.observed.text());
    json.put("holds", outcome(row.observed).toLowerCase(Locale.ROOT));
    json.put("seconds", row.seconds);
    return json;
  }
}
