package io.chronoscope.cli.bundle;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The packaged program that runs at present, of which bundles and images are made.
///
/// @param app the folder with `quarkus-run.jar`
record PackagedProgram(Path app) {

  private static final String FFMPEG = "org/bytedeco/ffmpeg/";
  private static final String CUDA_LIBRARY = "libonnxruntime_providers_cuda.so";

  /// @throws EnvironmentException when the program runs from class files
  static PackagedProgram running() {
    Path jar = Path.of(System.getProperty("java.class.path"));
    Path folder = jar.toAbsolutePath().getParent();
    if (folder == null || !Files.exists(folder.resolve("quarkus-run.jar"))) {
      throw new EnvironmentException("only the packaged program can be bundled; run ./chronoscope");
    }
    return new PackagedProgram(folder);
  }

  /// The checkout that it was built from.
  ///
  /// @throws EnvironmentException when it runs from a bundle
  static Path checkout() {
    ChronoscopeConfig settings = ConfigLoader.load();
    Path root = Path.of(settings.home().orElse(""));
    if (!Files.isDirectory(root.resolve("src/launcher"))) {
      throw new EnvironmentException(
          "bundles and images are made from a checkout, which this is not");
    }
    return root.toAbsolutePath();
  }

  /// The bill of materials that the build has written.
  ///
  /// @throws EnvironmentException when there is none
  static Path billOfMaterials(Path checkout) {
    Path file = checkout.resolve("target/chronoscope-sbom.json");
    if (!Files.exists(file)) {
      throw new EnvironmentException(
          file + " is missing; ./chronoscope build writes it (Maven offline, with -o, does not)");
    }
    return file;
  }

  /// @throws EnvironmentException when the program has no native libraries for CUDA
  void requireCuda(int version) {
    if (!has(entry -> entry.endsWith(CUDA_LIBRARY))) {
      throw new EnvironmentException(
          "this build has no native libraries for CUDA; make one with `./chronoscope build -Pcuda%d`"
              .formatted(version));
    }
  }

  /// All libraries come for every platform but FFmpeg, which is built for one.
  ///
  /// @throws EnvironmentException when it is another one
  void requirePlatform(Target target) {
    if (!has(entry -> entry.startsWith(FFMPEG) && target.owns(entry))) {
      throw new EnvironmentException(
          "this build has no FFmpeg for %s; make one with `./chronoscope build -Djavacpp.platform=%s`"
              .formatted(target, target.javacppPlatform()));
    }
  }

  /// Whether a jar has an entry whose path is so.
  private boolean has(Predicate<String> path) {
    try {
      List<Path> jars =
          Checksums.files(app).stream().filter(file -> file.toString().endsWith(".jar")).toList();
      for (Path jar : jars) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
          if (zip.stream().map(ZipEntry::getName).anyMatch(path)) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException e) {
      throw new EnvironmentException("cannot read " + app + ": " + e.getMessage(), e);
    }
  }
}
