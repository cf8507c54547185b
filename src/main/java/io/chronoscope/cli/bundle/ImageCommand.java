package io.chronoscope.cli.bundle;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.FileTree;
import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Builds a container image without a Docker engine: lays out its layers ([ImageLayers]) and has
/// Jib pack or push them (`src/image/pom.xml`).
@Command(
    name = "image",
    description = {
      "Builds a container image of the service, without a Docker engine. Needs a checkout.",
      "The image starts the service as user 10001, needs no writable file system but /tmp, and comes"
          + " without the embedded broker. The same build gives the same image."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class ImageCommand implements Callable<Integer> {

  /// What the image computes on.
  enum Variant {
    CPU,
    /// NVIDIA GPUs, with the libraries of CUDA 13 inside.
    GPU
  }

  @Option(
      names = "--variant",
      paramLabel = "cpu|gpu",
      required = true,
      description =
          "What it computes on. A gpu image has the libraries of CUDA 13 inside and is made of a"
              + " build with `./chronoscope build -Pcuda13`.")
  Variant variant = Variant.CPU;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the image is written, as an archive in the OCI layout.")
  Path out = Path.of("");

  @Option(
      names = "--push",
      paramLabel = "IMAGE",
      description =
          "Pushes the image to a registry under this name, instead of writing it. Credentials are"
              + " those of `docker login`.")
  Optional<String> push = Optional.empty();

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description =
          "A root file system with the C and C++ libraries to build on, instead of one made of"
              + " Debian's packages.")
  Optional<Path> base = Optional.empty();

  @Option(
      names = "--cuda-libraries",
      paramLabel = "DIR",
      description =
          "For gpu: a folder with the libraries of CUDA 13 and cuDNN 9 (libcudart.so.13,"
              + " libcublas.so.13, libcublasLt.so.13, libcudnn*.so.9).")
  Optional<Path> cudaLibraries = Optional.empty();

  @Option(names = "--json", description = "Prints the result as one JSON object.")
  boolean json;

  private final Output output;

  public ImageCommand(Output output) {
    this.output = output;
  }

  /// What was made.
  record Made(String image, String archive, long archiveBytes, String sha256) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    InputFiles.requireOutputFolder("--out", out);
    base.ifPresent(InputFiles::requireFolder);
    cudaLibraries.ifPresent(InputFiles::requireFolder);
    PackagedProgram program = PackagedProgram.running();
    Path checkout = PackagedProgram.checkout();
    Target target = Target.ofThisMachine();
    RuntimeImage.jlink();
    Optional<Path> cuda = variant == Variant.GPU ? Optional.of(cuda(program)) : Optional.empty();
    Path work = checkout.resolve("target/image").resolve(label());
    Path layers = work.resolve("layers");
    FileTree.delete(layers);
    ImageLayers laid = new ImageLayers(checkout, program, target, layers, output::message);
    laid.lay(
        base.orElseGet(() -> new DebianBase(target, work.resolve("base")).make(output::message)));
    if (cuda.isPresent()) {
      laid.layCuda(cuda.get());
    }
    String name = "chronoscope-%s-%s".formatted(Version.number(), label());
    Path archive = out.toAbsolutePath().resolve(name + ".oci.tar");
    Files.createDirectories(out);
    Files.createDirectories(work.resolve("no-classes"));
    String image =
        push.orElse("chronoscope:" + Version.number().toLowerCase(Locale.ROOT) + "-" + label());
    jib(checkout, layers, image, archive, target);
    if (push.isPresent()) {
      output.print(image);
      return ExitCode.OK;
    }
    String sha256 = Checksums.writeBeside(archive);
    print(new Made(image, archive.toString(), Files.size(archive), sha256));
    return ExitCode.OK;
  }

  /// The folder with the libraries of CUDA, checked before anything is made.
  private Path cuda(PackagedProgram program) {
    program.requireCuda(13);
    Path libraries =
        cudaLibraries.orElseThrow(() ->
            new ConfigurationException(
                "--variant gpu needs --cuda-libraries DIR with the libraries of CUDA 13 and cuDNN 9;"
                    + " docs/how-to/install.md says where to get them"));
    ImageLayers.requireCuda(libraries);
    return libraries;
  }

  private String label() {
    return variant.name().toLowerCase(Locale.ROOT);
  }

  private void jib(Path checkout, Path layers, String image, Path archive, Target target)
      throws IOException, InterruptedException {
    output.message(push.isPresent() ? "pushing " + image : "packing");
    List<String> command =
        new ArrayList<>(
            List.of(
                checkout.resolve("mvnw").toString(),
                "-B",
                "-q",
                "-f",
                checkout.resolve("src/image/pom.xml").toString(),
                "-Dlayers=" + layers,
                "-Dimage.name=" + image,
                "-Dimage.tar=" + archive,
                "-Dimage.version=" + Version.number(),
                "-Dimage.revision=" + Version.commit().orElse("unknown"),
                "-Dimage.architecture=" + target.ociArchitecture(),
                "-Djib.console=plain"));
    if (variant == Variant.GPU) {
      command.add("-Pgpu");
    }
    command.add(push.isPresent() ? "jib:build" : "jib:buildTar");
    Path log = layers.resolveSibling("jib.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .start();
    if (process.waitFor() != 0) {
      String first =
          Files.readAllLines(log).stream()
              .filter(line -> line.startsWith("[ERROR]"))
              .findFirst()
              .orElse("no message");
      throw new EnvironmentException(
          "Jib made no image: %s (the whole log is in %s)".formatted(first, log));
    }
  }

  private void print(Made made) {
    if (json) {
      output.printJson(made);
    } else {
      output.print(
          "%s  %s MB".formatted(made.archive(), Decimals.of(made.archiveBytes() / 1e6, 1)));
    }
  }
}
