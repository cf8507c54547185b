package io.chronoscope.cli.bundle;

import io.chronoscope.cli.console.FileTree;
import io.chronoscope.config.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The folder of a bundle:
///
/// | path | what |
/// |---|---|
/// | `chronoscope`, `lib/` | the launcher, and the options of the JVM |
/// | `app/` | the program's jars, with the native libraries of one platform |
/// | `runtime/` | the Java runtime, unless that of the machine is used |
/// | `start-cache/` | classes loaded ahead of time, for a fast start |
/// | `models/demo`, `video-samples` | the demo checkpoint and the samples |
/// | `golden/` | inputs and the reference's results, for `selfcheck` |
/// | `LICENSE`, `NOTICE`, `licenses/` | of this program and of what is inside |
/// | `sbom.cdx.json` | the bill of materials |
/// | `SHA256SUMS` | checksums of all these files |
final class BundleFolder {

  /// The checkout's golden cases.
  private static final String GOLDEN = "src/test/resources/golden";

  /// With which Java runtime a bundle runs.
  enum Runtime {
    INSIDE,
    OF_THE_MACHINE
  }

  private static final List<String> LIB =
      List.of("start.sh", "java.options", "service.options", "commands.options");

  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private final Path checkout;
  private final Path app;
  private final Target target;
  private final Path folder;
  private final Consumer<String> report;

  /// @param checkout the project's root
  /// @param app the packaged program, with `quarkus-run.jar`
  /// @param folder the bundle; must not exist
  /// @param report receives a line for each step
  BundleFolder(Path checkout, Path app, Target target, Path folder, Consumer<String> report) {
    this.checkout = checkout;
    this.app = app;
    this.target = target;
    this.folder = folder;
    this.report = report;
  }

  /// Makes everything but the start caches and the checksums.
  void assemble(Runtime runtime) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    report.accept("copying jars for " + target);
    List<Path> jars = copyApp();
    if (runtime == Runtime.INSIDE) {
      NavigableSet<String> modules = RequiredModules.of(jars);
      report.accept("making a Java runtime of %d modules".formatted(modules.size()));
      RuntimeImage.make(modules, folder.resolve("runtime"));
    }
    FileTree.copy(checkout.resolve("models/demo"), folder.resolve("models/demo"));
    FileTree.copy(checkout.resolve("video-samples"), folder.resolve("video-samples"));
    copyGoldenCases();
    Files.copy(PackagedProgram.billOfMaterials(checkout), folder.resolve("sbom.cdx.json"));
    copyLicenses(jars);
    copyLauncher();
  }

  /// Records the start caches with the bundle's own launcher and runtime.
  void recordStartCaches() throws IOException, InterruptedException {
    report.accept("recording what a start loads");
    Process process =
        new ProcessBuilder(folder.resolve("chronoscope").toString(), "rehearse")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new EnvironmentException(
          "the start caches were not recorded; see "
              + folder.resolve("start-cache").resolve("record.log"));
    }
    Files.deleteIfExists(folder.resolve("start-cache").resolve("record.log"));
  }

  private List<Path> copyApp() throws IOException {
    PlatformJars platform = new PlatformJars(target);
    List<Path> jars = new ArrayList<>();
    for (Path file : Checksums.files(app)) {
      Path copy = folder.resolve("app").resolve(app.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      if (file.toString().endsWith(".jar")) {
        platform.copy(file, copy);
        jars.add(copy);
      } else if (!file.toString().endsWith(".txt")) {
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return jars;
  }

  private void copyGoldenCases() throws IOException {
    try (Stream<Path> cases = Files.list(checkout.resolve(GOLDEN))) {
      for (Path one : cases.filter(c -> Files.exists(c.resolve("golden.json"))).toList()) {
        FileTree.copy(one, folder.resolve("golden").resolve(one.getFileName().toString()));
      }
    }
  }

  private void copyLicenses(List<Path> jars) throws IOException {
    for (String name : List.of("LICENSE", "NOTICE")) {
      Files.copy(checkout.resolve(name), folder.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Licenses licenses = new Licenses(folder.resolve("licenses"));
    for (Path jar : jars) {
      licenses.add(jar);
    }
    licenses.write();
  }

  private void copyLauncher() throws IOException {
    Path sources = checkout.resolve("src/launcher");
    Path launcher = folder.resolve("chronoscope");
    Files.copy(sources.resolve("bundle.sh"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
    Files.setPosixFilePermissions(launcher, EXECUTABLE);
    Files.createDirectories(folder.resolve("lib"));
    for (String name : LIB) {
      Files.copy(
          sources.resolve(name),
          folder.resolve("lib").resolve(name),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.copy(
        checkout.resolve(".mvn/jdk.sh"),
        folder.resolve("lib/jdk.sh"),
        StandardCopyOption.COPY_ATTRIBUTES);
  }
}
