package io.chronoscope.ort;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds ONNX Runtime's native library: in the folder that the system property
/// `onnxruntime.native.path` names, or in a jar, from which it is unpacked once into the cache
/// directory.
///
/// Two layouts of jars are known: that of `com.microsoft.onnxruntime` (the CPU library; with
/// `onnxruntime_gpu`, CUDA 12) and that of `org.bytedeco:onnxruntime` (CUDA 13). The CUDA kernels
/// are libraries of their own beside the main one, which loads them from its own folder.
public final class RuntimeLibrary {

  /// System property with a folder that holds the library.
  public static final String FOLDER_PROPERTY = "onnxruntime.native.path";

  private static final Logger LOG = System.getLogger("io.chronoscope.ort");

  private static final String CUDA_KERNELS = "onnxruntime_providers_cuda";

  private static volatile @Nullable Path cacheDirectory;

  private RuntimeLibrary() {}

  /// Sets where the library is unpacked, before a session is first used. Without it, that is a
  /// temporary directory of this process.
  public static void unpackInto(Path directory) {
    cacheDirectory = directory;
  }

  /// The library that this process uses; loaded if it is not yet.
  public static Path inUse() {
    return RuntimeEnvironment.get().library();
  }

  /// @param device that sessions compute on
  /// @throws OnnxRuntimeException when there is no library for this machine
  static Path locate(Device device) {
    String folder = System.getProperty(FOLDER_PROPERTY, "");
    if (!folder.isBlank()) {
      return inFolder(Path.of(folder))
          .orElseThrow(() ->
              new OnnxRuntimeException(
                  "-D%s=%s: the folder has no %s".formatted(FOLDER_PROPERTY, folder, mainNames())));
    }
    Optional<PackagedLibrary> cuda =
        device instanceof Device.Cuda ? packaged(CUDA_KERNELS) : Optional.empty();
    PackagedLibrary packaged =
        cuda.or(() -> packaged(""))
            .orElseThrow(() ->
                new OnnxRuntimeException(
                    "no ONNX Runtime library for this machine (%s %s) is on the class path"
                        .formatted(System.getProperty("os.name"), System.getProperty("os.arch"))));
    return unpack(packaged);
  }

  /// Name of the library with CUDA kernels beside `library`.
  static Path cudaKernels(Path library) {
    return library.resolveSibling(System.mapLibraryName(CUDA_KERNELS));
  }

  static Optional<Path> inFolder(Path folder) {
    return mainNames().stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
  }

  /// The library's file name, with and without the version that links to it.
  private static List<String> mainNames() {
    String name = System.mapLibraryName("onnxruntime");
    return switch (os()) {
      case "linux" -> List.of(name, name + ".1");
      case "osx" -> List.of(name, "libonnxruntime.1.dylib");
      default -> List.of(name);
    };
  }

  private static Optional<PackagedLibrary> packaged(String kernels) {
    for (String folder : List.of(bytedecoFolder(), microsoftFolder())) {
      // The CUDA library of the first layout computes on the CPU, too, but not as the CPU library.
      if (kernels.isEmpty() && folder.equals(bytedecoFolder())) {
        continue;
      }
      for (String name : mainNames()) {
        Optional<URL> main = resource(folder, name);
        Optional<URL> required =
            kernels.isEmpty() ? main : resource(folder, System.mapLibraryName(kernels));
        if (main.isPresent() && required.isPresent()) {
          List<URL> others = new ArrayList<>();
          for (String other : List.of("onnxruntime_providers_shared", CUDA_KERNELS)) {
            resource(folder, System.mapLibraryName(other)).ifPresent(others::add);
          }
          return Optional.of(new PackagedLibrary(main.get(), others));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<URL> resource(String folder, String name) {
    ClassLoader loader = RuntimeLibrary.class.getClassLoader();
    return Optional.ofNullable(loader == null ? null : loader.getResource(folder + "/" + name));
  }

  private static String microsoftFolder() {
    String arch =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "x64";
          case String other -> other;
        };
    return "ai/onnxruntime/native/" + os() + "-" + arch;
  }

  private static String bytedecoFolder() {
    return "org/bytedeco/onnxruntime/linux-x86_64-gpu";
  }

  private static String os() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.contains("mac") ? "osx" : name.contains("win") ? "win" : "linux";
  }

  private static Path unpack(PackagedLibrary packaged) {
    Path cache = cacheDirectory;
    try {
      if (cache != null) {
        try {
          return packaged.unpack(cache.resolve("native"));
        } catch (IOException e) {
          LOG.log(
              Level.WARNING,
              "cannot keep ONNX Runtime''s library in {0} ({1}); it is unpacked at each start",
              cache,
              e.toString());
        }
      }
      return packaged.unpack(temporaryDirectory());
    } catch (IOException e) {
      throw new OnnxRuntimeException("cannot unpack ONNX Runtime's library: " + e, e);
    }
  }

  private static Path temporaryDirectory() throws IOException {
    Path directory = Files.createTempDirectory("chronoscope-native");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAll(directory)));
    return directory;
  }

  private static void deleteAll(Path directory) {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "left behind: " + directory, e);
    }
  }
}
