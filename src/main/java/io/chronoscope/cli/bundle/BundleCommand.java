package io.chronoscope.cli.bundle;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes a folder and an archive that run without network, JDK, Maven or checkout.
@Command(
    name = "bundle",
    description = {
      "Packs this program into a folder and an archive that run without network, JDK or checkout.",
      "Inside are a Java runtime, the jars with the native libraries of one platform, the demo"
          + " checkpoint, the samples and the golden cases. The launcher inside takes the same"
          + " commands. Needs a checkout.",
      "Without a runtime inside it is made for any platform, and runs with a Java runtime that is"
          + " installed there."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BundleCommand implements Callable<Integer> {

  static final class Targets extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Targets() {
      super(Arrays.stream(Target.values()).map(Target::label).toList());
    }
  }

  @Option(
      names = "--target",
      paramLabel = "linux-x64|linux-arm64",
      completionCandidates = Targets.class,
      required = true,
      description =
          "Platform of the bundle. With a runtime inside it must be that of this machine.")
  String target = "";

  @Option(
      names = "--cuda",
      paramLabel = "VERSION",
      description =
          "With the native libraries for this major version of CUDA. Build with"
              + " `./chronoscope build -Pcuda13` first.")
  Optional<Integer> cuda = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the folder and the archive are written.")
  Path out = Path.of("");

  @Option(
      names = "--without-runtime",
      description =
          "Leaves out the Java runtime. For another platform, build with"
              + " `./chronoscope build -Djavacpp.platform=linux-arm64` first.")
  boolean withoutRuntime;

  @Option(
      names = "--without-start-caches",
      description =
          "Leaves out the classes that are loaded ahead of time: a smaller archive, made sooner. The"
              + " bundle records them on first use.")
  boolean withoutStartCaches;

  @Option(names = "--json", description = "Prints the result as one JSON object.")
  boolean json;

  private final Output output;

  public BundleCommand(Output output) {
    this.output = output;
  }

  /// What was made.
  record Made(String folder, String archive, long archiveBytes, String sha256) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Target platform = target();
    InputFiles.requireOutputFolder("--out", out);
    PackagedProgram program = PackagedProgram.running();
    Path checkout = PackagedProgram.checkout();
    if (!withoutRuntime) {
      RuntimeImage.jlink();
    }
    program.requirePlatform(platform);
    cuda.ifPresent(program::requireCuda);
    String name =
        "chronoscope-%s-%s%s%s"
            .formatted(
                Version.number(),
                platform,
                cuda.map(version -> "-cuda" + version).orElse(""),
                withoutRuntime ? "-without-runtime" : "");
    Path folder = out.resolve(name).toAbsolutePath();
    if (Files.exists(folder)) {
      throw new ConfigurationException(folder + " exists already");
    }
    BundleFolder bundle =
        new BundleFolder(checkout, program.app(), platform, folder, output::message);
    bundle.assemble(
        withoutRuntime ? BundleFolder.Runtime.OF_THE_MACHINE : BundleFolder.Runtime.INSIDE);
    // Caches are for one JVM.
    if (!withoutStartCaches && !withoutRuntime) {
      bundle.recordStartCaches();
    }
    output.message("packing");
    Checksums.write(folder);
    Path archive = out.resolve(name + ".tar.gz").toAbsolutePath();
    BundleArchive.write(folder, archive);
    String sha256 = Checksums.writeBeside(archive);
    Files.copy(
        PackagedProgram.billOfMaterials(checkout),
        out.resolve(name + ".sbom.cdx.json"),
        StandardCopyOption.REPLACE_EXISTING);
    print(new Made(folder.toString(), archive.toString(), Files.size(archive), sha256));
    return ExitCode.OK;
  }

  private void print(Made made) {
    if (json) {
      output.printJson(made);
    } else {
      output.print(made.folder());
      output.print(
          "%s  %s MB".formatted(made.archive(), Decimals.of(made.archiveBytes() / 1e6, 1)));
    }
  }

  private Target target() {
    Target platform;
    try {
      platform = Target.parse(target);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--target: " + e.getMessage(), e);
    }
    if (!platform.isThisMachine() && !withoutRuntime) {
      throw new EnvironmentException(
          "--target %s needs a machine of that platform, whose Java runtime goes into the bundle; this is"
                  .formatted(platform)
              + " %s %s. --without-runtime makes one that runs with a Java runtime installed there"
                  .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    return platform;
  }
}
