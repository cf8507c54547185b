package io.chronoscope.ort;

import io.chronoscope.ort.capi.CudaDriver;
import io.chronoscope.ort.capi.LoadedLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What computing on an NVIDIA GPU takes on this machine: a library of ONNX Runtime with CUDA
/// kernels, NVIDIA's driver, and the libraries of CUDA and cuDNN that the kernels link to, in the
/// major version that they were built for.
public final class CudaSupport {

  /// Libraries of CUDA, unlike those of the system.
  private static final Pattern CUDA_LIBRARY =
      Pattern.compile("lib(cu|nv)[A-Za-z_]*\\.so\\.(?<major>\\d+)");

  private static final String DRIVER = "libcuda.so.1";

  private static final Pattern RUNTIME_LIBRARY = Pattern.compile("libcudart\\.so\\.(\\d+)");

  private CudaSupport() {}

  /// What a machine offers; replaced in tests.
  interface Machine {

    /// ONNX Runtime's library in use.
    Path library();

    /// Its execution providers.
    List<String> providers();

    /// Names of the libraries that the CUDA kernels link to, or empty without kernels.
    Optional<List<String>> kernelDependencies();

    /// Whether the loader finds and loads a library.
    boolean loads(String name);

    Optional<Driver> driver();
  }

  /// NVIDIA's driver.
  ///
  /// @param cudaVersion newest one that it supports, such as 13000; 0 if unknown
  /// @param devices that this process may use
  record Driver(int cudaVersion, int devices) {}

  /// Loads what the CUDA kernels need.
  ///
  /// @throws DeviceUnavailableException when this process cannot compute on a GPU
  public static void require() {
    List<String> missing = missing(new ThisMachine(RuntimeEnvironment.get(new Device.Cuda(0))));
    if (!missing.isEmpty()) {
      throw new DeviceUnavailableException(
          "device cuda is not available: "
              + String.join("; ", missing)
              + " (docs/how-to/use-a-gpu.md)");
    }
  }

  /// Name of `libcudart` as the CUDA kernels link to it.
  static String runtimeLibrary() {
    List<String> needed =
        new ThisMachine(RuntimeEnvironment.get(new Device.Cuda(0)))
            .kernelDependencies()
            .orElse(List.of());
    return needed.stream()
        .filter(name -> RUNTIME_LIBRARY.matcher(name).matches())
        .findFirst()
        .orElse("libcudart.so");
  }

  /// @return one clause for each thing that is missing
  static List<String> missing(Machine machine) {
    List<String> missing = new ArrayList<>();
    Optional<List<String>> dependencies = machine.kernelDependencies();
    if (!machine.providers().contains("CUDAExecutionProvider")) {
      missing.add(
          "the ONNX Runtime library in use, %s, computes on the CPU only: build with -Pcuda13 or"
                  .formatted(machine.library())
              + " -Pcuda12, or let -D%s name a folder with a CUDA build"
                  .formatted(RuntimeLibrary.FOLDER_PROPERTY));
    } else if (dependencies.isEmpty()) {
      missing.add(
          "the CUDA kernels, %s, are not beside ONNX Runtime's library"
              .formatted(RuntimeLibrary.cudaKernels(machine.library())));
    }
    Optional<Integer> major = dependencies.flatMap(CudaSupport::cudaMajor);
    addDriver(machine.driver(), major, missing);
    addLibraries(machine, dependencies.orElse(List.of()), missing);
    return missing;
  }

  private static void addDriver(
      Optional<Driver> found, Optional<Integer> major, List<String> missing) {
    if (found.isEmpty()) {
      missing.add("there is no NVIDIA driver (libcuda.so.1 cannot be loaded)");
      return;
    }
    Driver driver = found.get();
    if (driver.devices() == 0) {
      missing.add("NVIDIA's driver offers no GPU to this process");
    }
    int supported = driver.cudaVersion() / 1000;
    if (major.isPresent() && supported > 0 && supported < major.get()) {
      missing.add(
          "the driver supports CUDA %d.%d, but the kernels were built for CUDA %d: update the driver"
                  .formatted(supported, driver.cudaVersion() % 1000 / 10, major.get())
              + (major.get() == 13 && supported == 12 ? " or build with -Pcuda12" : ""));
    }
  }

  private static void addLibraries(
      Machine machine, List<String> dependencies, List<String> missing) {
    List<String> absent = absent(machine, dependencies);
    if (absent.isEmpty()) {
      return;
    }
    Set<String> others = new LinkedHashSet<>();
    for (String name : absent) {
      Matcher runtime = RUNTIME_LIBRARY.matcher(name);
      if (runtime.matches()) {
        int other = Integer.parseInt(runtime.group(1)) == 13 ? 12 : 13;
        if (machine.loads("libcudart.so." + other)) {
          others.add(": CUDA %d is installed, for which there is -Pcuda%d".formatted(other, other));
        }
      }
    }
    missing.add(
        "libraries that the CUDA kernels need cannot be loaded: %s%s"
            .formatted(String.join(", ", absent), String.join("", others)));
  }

  /// Tries again as long as something loads: a library may need one that stands later in the list.
  private static List<String> absent(Machine machine, List<String> dependencies) {
    List<String> open =
        new ArrayList<>(
            dependencies.stream()
                .filter(name -> CUDA_LIBRARY.matcher(name).matches() && !name.equals(DRIVER))
                .toList());
    while (open.removeIf(machine::loads)) {
      // What was loaded may be what another one lacked.
    }
    return open;
  }

  private static Optional<Integer> cudaMajor(List<String> dependencies) {
    return dependencies.stream()
        .map(RUNTIME_LIBRARY::matcher)
        .filter(Matcher::matches)
        .map(runtime -> Integer.valueOf(runtime.group(1)))
        .findFirst();
  }

  private record ThisMachine(RuntimeEnvironment runtime) implements Machine {

    @Override
    public Path library() {
      return runtime.library();
    }

    @Override
    public List<String> providers() {
      return runtime.api().providers();
    }

    @Override
    public Optional<List<String>> kernelDependencies() {
      Path kernels = RuntimeLibrary.cudaKernels(library());
      return Files.isRegularFile(kernels)
          ? Optional.of(SharedLibrary.needed(kernels))
          : Optional.empty();
    }

    /// Libraries beside ONNX Runtime's own come first. What is loaded stays loaded, and the kernels
    /// find it by name.
    @Override
    public boolean loads(String name) {
      Path beside = library().resolveSibling(name);
      return LoadedLibraries.load(Files.isRegularFile(beside) ? beside.toString() : name);
    }

    @Override
    public Optional<Driver> driver() {
      return CudaDriver.load().map(driver -> new Driver(driver.cudaVersion(), driver.devices()));
    }
  }
}
