package io.chronoscope.cli.bundle;

import io.chronoscope.cli.console.FileTree;
import io.chronoscope.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The layers of an image, a folder each, which changes for a reason of its own:
///
/// | layer | what | changes with |
/// |---|---|---|
/// | `base` | C and C++ libraries | the distribution |
/// | `runtime` | the Java runtime | the JDK |
/// | `libraries` | third-party jars with the native libraries of one platform, their licenses | dependencies |
/// | `cuda` | the libraries of CUDA, in `gpu` images | CUDA |
/// | `model` | the demo checkpoint | training |
/// | `program` | the program's own jars, the options of the JVM, the bill of materials | code |
final class ImageLayers {

  /// Where the program lies in the image.
  private static final String HOME = "opt/chronoscope";

  /// Folders for a container runtime to mount something on.
  private static final List<String> MOUNTED = List.of("tmp", "cache", "proc", "dev", "sys");

  private static final List<String> CUDA =
      List.of("libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcudnn.so.9");

  private final Path checkout;
  private final Path app;
  private final Target target;
  private final Path layers;
  private final Consumer<String> report;

  /// @param layers the folder to lay them out in; must not exist
  /// @param report receives a line for each step
  ImageLayers(
      Path checkout, PackagedProgram program, Target target, Path layers, Consumer<String> report) {
    this.checkout = checkout;
    this.app = program.app();
    this.target = target;
    this.layers = layers;
    this.report = report;
  }

  /// Lays out all layers but `cuda`.
  ///
  /// @param base a root file system with the C and C++ libraries
  void lay(Path base) throws IOException, InterruptedException {
    Files.createDirectories(layers);
    FileTree.copy(base, layers.resolve("base"));
    for (String mounted : MOUNTED) {
      Files.createDirectories(layers.resolve("base").resolve(mounted));
    }
    report.accept("copying jars for " + target);
    List<Path> jars = copyApp();
    NavigableSet<String> modules = RequiredModules.of(jars);
    report.accept("making a Java runtime of %d modules".formatted(modules.size()));
    Files.createDirectories(home("runtime"));
    RuntimeImage.make(modules, home("runtime").resolve("runtime"));
    FileTree.copy(checkout.resolve("models/demo"), home("model").resolve("models/demo"));
    Path options = Files.createDirectories(home("program").resolve("lib"));
    for (String name : List.of("java.options", "service.options")) {
      Files.copy(checkout.resolve("src/launcher").resolve(name), options.resolve(name));
    }
    for (String name : List.of("LICENSE", "NOTICE")) {
      Files.copy(checkout.resolve(name), home("program").resolve(name));
    }
    Files.copy(PackagedProgram.billOfMaterials(checkout), home("program").resolve("sbom.cdx.json"));
  }

  /// @throws ConfigurationException when a library of CUDA is missing, by name
  static void requireCuda(Path libraries) {
    List<String> missing =
        CUDA.stream().filter(name -> !Files.exists(libraries.resolve(name))).toList();
    if (!missing.isEmpty()) {
      throw new ConfigurationException(
          "--cuda-libraries %s has no %s".formatted(libraries, String.join(", ", missing)));
    }
  }

  /// Lays out the libraries of CUDA.
  void layCuda(Path libraries) throws IOException {
    report.accept("copying the libraries of CUDA");
    Path to = Files.createDirectories(layers.resolve("cuda/opt/cuda"));
    try (Stream<Path> files = Files.list(libraries)) {
      for (Path file : files.filter(file -> file.toString().contains(".so.")).sorted().toList()) {
        // Follows links: under the names that the loader asks for.
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
  }

  private Path home(String layer) {
    return layers.resolve(layer).resolve(HOME);
  }

  private List<Path> copyApp() throws IOException {
    PlatformJars platform = new PlatformJars(target);
    Licenses licenses = new Licenses(home("libraries").resolve("licenses"));
    List<Path> jars = new ArrayList<>();
    for (Path file : Checksums.files(app)) {
      Path name = app.relativize(file);
      boolean broker = name.startsWith("broker") || name.endsWith("embedded-run.jar");
      if (broker || name.toString().endsWith(".txt")) {
        continue;
      }
      boolean library = name.startsWith("lib");
      Path copy = home(library ? "libraries" : "program").resolve("app").resolve(name.toString());
      Files.createDirectories(copy.getParent());
      if (!name.toString().endsWith(".jar")) {
        Files.copy(file, copy);
        continue;
      }
      platform.copy(file, copy);
      jars.add(copy);
      if (library) {
        licenses.add(copy);
      }
    }
    licenses.write();
    return jars;
  }
}
