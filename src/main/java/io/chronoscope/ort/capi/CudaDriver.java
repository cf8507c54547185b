package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/// NVIDIA's driver (`libcuda`), asked whether and with what a GPU can be used.
public final class CudaDriver {

  private final SymbolLookup symbols;

  private CudaDriver(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /// @return empty when this machine has no driver
  public static Optional<CudaDriver> load() {
    try {
      return Optional.of(
          new CudaDriver(SymbolLookup.libraryLookup("libcuda.so.1", Arena.global())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// The newest version of CUDA that the driver supports, such as 13000 for 13.0; 0 if it does not
  /// say.
  public int cudaVersion() {
    return number("cuDriverGetVersion");
  }

  /// Devices that this process may use; 0 when the driver does not start.
  public int devices() {
    int started = (int) NativeCalls.call(symbols.findOrThrow("cuInit"), 0);
    return started == 0 ? number("cuDeviceGetCount") : 0;
  }

  private int number(String function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      int failed = (int) NativeCalls.call(symbols.findOrThrow(function), out.address());
      return failed == 0 ? out.get(JAVA_INT, 0) : 0;
    }
  }
}
