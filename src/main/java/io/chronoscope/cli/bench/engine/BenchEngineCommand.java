package io.chronoscope.cli.bench.engine;

import io.chronoscope.cli.console.BusyMachine;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.render.ThroughputPicture;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Engine benchmark: the throughput of each stage from video to events, next to what the device
/// reaches at best.
@Command(
    name = "engine",
    description = {
      "Measures each stage from video to events on this machine, without Kafka.",
      "Each row is measured once with shapes that were never seen before, then repeatedly. Shares"
          + " compare it with a large matrix product and a pass over memory in the same run."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BenchEngineCommand implements Callable<Integer> {

  @Option(
      names = "--shape",
      paramLabel = "3b|7b|mini|demo",
      description =
          "Model with random weights in a published shape, written on first use; or the demo"
              + " checkpoint. Excludes --model.")
  Optional<String> shape = Optional.empty();

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "ROW",
      description = "Rows to measure: ${COMPLETION-CANDIDATES} (default: all).")
  Set<RowKind> rows = EnumSet.complementOf(EnumSet.of(RowKind.LONG));

  @Option(
      names = "--video",
      paramLabel = "FILE",
      description =
          "Video for the rows video, resize, tokens, stream and still scenes (default: "
              + EngineBench.DEMO_VIDEO
              + ").")
  Optional<Path> video = Optional.empty();

  @Option(
      names = "--video-seconds",
      paramLabel = "S",
      converter = SecondsConverter.class,
      description =
          "Length of the video in the rows on streams, to the end of a chunk (default: all of it).")
  Optional<Duration> videoLength = Optional.empty();

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Directory of random checkpoints (default: random-checkpoints in chronoscope.cache-dir).")
  Optional<Path> cache = Optional.empty();

  @Option(
      names = "--picture",
      paramLabel = "PNG",
      description = "Also draws the rows into this file.")
  Optional<Path> picture = Optional.empty();

  @Option(
      names = "--reference",
      paramLabel = "PYTHON",
      description =
          "Python interpreter with torch and transformers: the reference does the same work in"
              + " turn, in its fastest precision on the device. Needs a checkout.")
  Optional<String> reference = Optional.empty();

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one JSON object for each row.")
  boolean json;

  private final Output output;

  public BenchEngineCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    if (shape.isPresent() && model.arguments().contains("--model")) {
      throw new ConfigurationException("--shape and --model exclude each other");
    }
    model.apply();
    String name =
        shape.isPresent() ? BenchShape.select(shape.get(), cache, model, output::message) : "";
    ChronoscopeConfig settings = ConfigLoader.load();
    if (name.isEmpty()) {
      name = String.valueOf(ConfigLoader.resolve(settings, settings.model()).getFileName());
    }
    // Other work on the machine slows down rows and ceilings alike, and not by the same factor.
    BusyMachine.warning().ifPresent(output::message);
    Path file = video.orElseGet(() -> ConfigLoader.resolve(settings, EngineBench.DEMO_VIDEO));
    List<MeasuredRow> measured = measure(settings, name, file);
    if (picture.isPresent()) {
      draw(measured, picture.get());
    }
    return ExitCode.OK;
  }

  private List<MeasuredRow> measure(ChronoscopeConfig settings, String name, Path file) {
    Optional<ReferenceProcess> process = reference.map(python -> startReference(settings, python));
    try {
      if (!json) {
        output.print(
            process.isPresent() ? EngineTable.headingWithReference() : EngineTable.heading());
      }
      return new EngineBench(
              settings, name, new BenchVideo(file, videoLength), process, this::print)
          .run(rows, TimeBox.UNLIMITED);
    } finally {
      process.ifPresent(ReferenceProcess::close);
    }
  }

  private ReferenceProcess startReference(ChronoscopeConfig settings, String python) {
    ReferenceProcess process =
        ReferenceProcess.start(
            python,
            ConfigLoader.resolve(settings, ReferenceProcess.SCRIPT),
            ConfigLoader.resolve(settings, settings.model()),
            settings.device());
    output.message("the reference computes in " + process.precision());
    return process;
  }

  private void print(MeasuredRow row) {
    if (json) {
      output.printJson(row.toJson());
    } else {
      output.print(EngineTable.line(row));
    }
  }

  private void draw(List<MeasuredRow> measured, Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    MeasuredRow.Subject subject = measured.getFirst().subject();
    String title = "%s on %s, %s".formatted(subject.shape(), subject.device(), subject.precision());
    if (!ImageIO.write(
        ThroughputPicture.draw(title, measured.stream().map(EngineTable::bar).toList()),
        "png",
        file.toFile())) {
      throw new IOException("cannot write " + file + ": no writer for PNG");
    }
    output.message("wrote " + file);
  }
}
