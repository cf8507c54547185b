package io.chronoscope.ort;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CudaSupportTest {

  private static final List<String> CUDA_13 =
      List.of(
          "libcublasLt.so.13",
          "libcublas.so.13",
          "libcudart.so.13",
          "libcudnn.so.9",
          "libonnxruntime_providers_shared.so",
          "libc.so.6");

  private static final List<String> CUDA_12 =
      List.of("libcublas.so.12", "libcurand.so.10", "libcudart.so.12", "libcuda.so.1");

  /// A machine with a GPU, a recent driver, and the libraries that are added to it.
  private static final class FakeMachine implements CudaSupport.Machine {

    private List<String> providers = List.of("CUDAExecutionProvider", "CPUExecutionProvider");
    private Optional<List<String>> kernels;
    private Optional<CudaSupport.Driver> driver = Optional.of(new CudaSupport.Driver(13000, 1));
    private final Set<String> installed = new HashSet<>();

    FakeMachine(List<String> kernels) {
      this.kernels = Optional.of(kernels);
    }

    @Override
    public Path library() {
      return Path.of("natives", "libonnxruntime.so.1");
    }

    @Override
    public List<String> providers() {
      return providers;
    }

    @Override
    public Optional<List<String>> kernelDependencies() {
      return kernels;
    }

    @Override
    public boolean loads(String name) {
      // cuBLAS itself needs cublasLt, which a loader finds once it is loaded.
      return installed.contains(name);
    }

    @Override
    public Optional<CudaSupport.Driver> driver() {
      return driver;
    }
  }

  @Test
  void nothingIsMissingWhereEverythingLoads() {
    FakeMachine machine = new FakeMachine(CUDA_13);
    machine.installed.addAll(CUDA_13);
    assertThat(CudaSupport.missing(machine)).isEmpty();
  }

  @Test
  void namesEveryLibraryOfCudaThatDoesNotLoad() {
    FakeMachine machine = new FakeMachine(CUDA_13);
    machine.installed.addAll(Set.of("libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13"));

    assertThat(CudaSupport.missing(machine))
        .singleElement()
        .asString()
        .contains("libcudnn.so.9")
        .doesNotContain("libcudart", "providers_shared", "libc.so");
  }

  @Test
  void saysThatTheOtherCudaIsInstalled() {
    FakeMachine machine = new FakeMachine(CUDA_13);
    machine.installed.addAll(CUDA_12);

    assertThat(CudaSupport.missing(machine))
        .singleElement()
        .asString()
        .contains("libcudart.so.13", "CUDA 12 is installed", "-Pcuda12");
  }

  @Test
  void aDriverMayBeTooOld() {
    FakeMachine machine = new FakeMachine(CUDA_13);
    machine.installed.addAll(CUDA_13);
    machine.driver = Optional.of(new CudaSupport.Driver(12040, 1));

    assertThat(CudaSupport.missing(machine))
        .singleElement()
        .asString()
        .contains("the driver supports CUDA 12.4", "built for CUDA 13", "-Pcuda12");
  }

  @Test
  void aNewerDriverRunsOlderKernels() {
    FakeMachine machine = new FakeMachine(CUDA_12);
    machine.installed.addAll(CUDA_12);
    assertThat(CudaSupport.missing(machine)).isEmpty();
  }

  @Test
  void aDriverWithoutAGpuIsNotEnough() {
    FakeMachine machine = new FakeMachine(CUDA_12);
    machine.installed.addAll(CUDA_12);
    machine.driver = Optional.of(new CudaSupport.Driver(13000, 0));

    assertThat(CudaSupport.missing(machine)).singleElement().asString().contains("no GPU");
  }

  @Test
  void kernelsBelongBesideTheLibrary() {
    FakeMachine machine = new FakeMachine(CUDA_12);
    machine.kernels = Optional.empty();

    assertThat(CudaSupport.missing(machine))
        .singleElement()
        .asString()
        .contains("providers_cuda", "not beside");
  }

  @Test
  void anOrdinaryMachineLacksTheKernelsAndTheDriver() {
    FakeMachine machine = new FakeMachine(CUDA_12);
    machine.kernels = Optional.empty();
    machine.providers = List.of("CPUExecutionProvider");
    machine.driver = Optional.empty();

    assertThat(CudaSupport.missing(machine))
        .satisfiesExactly(
            first -> assertThat(first).contains("computes on the CPU only", "-Pcuda13", "-Pcuda12"),
            second -> assertThat(second).contains("no NVIDIA driver"));
  }
}
