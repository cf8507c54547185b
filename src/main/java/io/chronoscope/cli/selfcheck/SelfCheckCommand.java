package io.chronoscope.cli.selfcheck;

import io.chronoscope.cli.bench.engine.BenchShape;
import io.chronoscope.cli.bench.engine.EngineBench;
import io.chronoscope.cli.bench.engine.MeasuredRow;
import io.chronoscope.cli.bench.engine.RowKind;
import io.chronoscope.cli.bench.engine.TimeBox;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.ConfiguredModel;
import io.chronoscope.ort.Device;
import io.chronoscope.qwen.EngineSettings;
import io.chronoscope.qwen.Precision;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Parity and speed on this machine, in one report and in bounded time.
@Command(
    name = "selfcheck",
    description = {
      "Checks that the model computes on this machine what the reference does, and how fast.",
      "Runs the golden cases, then the engine benchmark on a checkpoint with random weights. Rows"
          + " for which no time is left are dropped and named. Needs neither Kafka nor a network."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class SelfCheckCommand implements Callable<Integer> {

  private static final List<String> GOLDEN = List.of("golden", "src/test/resources/golden");

  @Option(
      names = "--shape",
      paramLabel = "3b|7b|mini|demo",
      description = "Shape for the benchmark (default: 3b on a GPU, mini on the CPU).")
  Optional<String> shape = Optional.empty();

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "ROW",
      description = "Rows of the benchmark: ${COMPLETION-CANDIDATES} (default: all but search).")
  Set<RowKind> rows = EnumSet.complementOf(EnumSet.of(RowKind.SEARCH));

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "200",
      converter = SecondsConverter.class,
      description = "Time after which nothing new starts (default: ${DEFAULT-VALUE}).")
  Duration time = Duration.ofSeconds(200);

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Directory of random checkpoints (default: random-checkpoints in chronoscope.cache-dir).")
  Optional<Path> cache = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Also writes selfcheck.md and selfcheck.json there.")
  Optional<Path> out = Optional.empty();

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints the report as one JSON object.")
  boolean json;

  private final Output output;
  private final List<String> dropped = new ArrayList<>();

  public SelfCheckCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    if (model.arguments().contains("--model")) {
      throw new ConfigurationException("selfcheck brings its models; `bench engine` takes --model");
    }
    shape.ifPresent(BenchShape::require);
    long started = System.nanoTime();
    TimeBox box = TimeBox.of(time);
    model.apply();
    MachineFacts machine = MachineFacts.read();
    ChronoscopeConfig settings = ConfigLoader.load();
    EngineSettings engine = ConfiguredModel.engine(settings);
    ConfiguredModel.requireDevice(settings);
    List<Parity> parity = parity(settings, engine, box);
    String selected =
        BenchShape.select(
            shape.orElse(engine.device() instanceof Device.Cuda ? "3b" : "mini"),
            cache,
            model,
            output::message);
    List<MeasuredRow> measured = bench(selected, box);
    SelfCheckReport report =
        new SelfCheckReport(
            machine,
            settings.device(),
            parity,
            selected,
            measured,
            dropped,
            (System.nanoTime() - started) / 1e9);
    publish(report);
    return report.passed() ? ExitCode.OK : ExitCode.FAILED;
  }

  /// In FP32, which is comparable to the reference digit by digit, and in the precision in use.
  private List<Parity> parity(ChronoscopeConfig settings, EngineSettings engine, TimeBox box)
      throws IOException {
    Set<String> precisions = new LinkedHashSet<>(List.of(label(Precision.FP32)));
    engine.precision().map(SelfCheckCommand::label).ifPresent(precisions::add);
    List<Parity> parity = new ArrayList<>();
    for (GoldenCase golden : GoldenCase.in(goldenFolder(settings))) {
      for (String precision : precisions) {
        // The benchmark is worth as much as parity.
        if (box.secondsLeft() < time.toSeconds() / 2.0) {
          dropped.add("%s in %s".formatted(golden.name(), precision));
          continue;
        }
        output.message("parity %s in %s".formatted(golden.name(), precision));
        parity.add(
            GoldenParity.check(
                golden,
                EngineSettings.parse(settings.device(), precision)
                    .withCacheDirectory(engine.cacheDirectory())));
      }
    }
    return parity;
  }

  private static String label(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  private static Path goldenFolder(ChronoscopeConfig settings) {
    Path last = Path.of("");
    for (String folder : GOLDEN) {
      last = ConfigLoader.resolve(settings, folder);
      if (Files.isDirectory(last)) {
        return last;
      }
    }
    return last;
  }

  private List<MeasuredRow> bench(String selected, TimeBox box) {
    ChronoscopeConfig settings = ConfigLoader.load();
    EngineBench bench =
        new EngineBench(
            settings,
            selected,
            ConfigLoader.resolve(settings, EngineBench.DEMO_VIDEO),
            row -> output.message("measured " + row.row() + " " + row.size()));
    List<MeasuredRow> measured = bench.run(rows, box);
    dropped.addAll(bench.dropped());
    return measured;
  }

  private void publish(SelfCheckReport report) throws IOException {
    if (json) {
      output.printJson(report.toJson());
    } else {
      report.markdown().forEach(output::print);
    }
    if (out.isPresent()) {
      Files.createDirectories(out.get());
      Files.write(out.get().resolve("selfcheck.md"), report.markdown());
      Files.writeString(out.get().resolve("selfcheck.json"), Output.json(report.toJson()) + "\n");
      output.message("wrote selfcheck.md and selfcheck.json to " + out.get());
    }
  }
}
