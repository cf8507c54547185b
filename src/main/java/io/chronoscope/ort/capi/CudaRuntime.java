package io.chronoscope.ort.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/// The part of CUDA's runtime library (`libcudart`) that copies memory. Thread-safe.
public final class CudaRuntime {

  /// `cudaMemcpyDefault`: the addresses say where the memory is.
  private static final int BY_ADDRESS = 4;

  private final int ordinal;
  private final MemorySegment setDevice;
  private final MemorySegment copy;
  private final MemorySegment fill;
  private final MemorySegment synchronize;
  private final MemorySegment errorString;

  private CudaRuntime(int ordinal, SymbolLookup symbols) {
    this.ordinal = ordinal;
    this.setDevice = symbols.findOrThrow("cudaSetDevice");
    this.copy = symbols.findOrThrow("cudaMemcpy");
    this.fill = symbols.findOrThrow("cudaMemset");
    this.synchronize = symbols.findOrThrow("cudaDeviceSynchronize");
    this.errorString = symbols.findOrThrow("cudaGetErrorString");
  }

  /// @param library name or path of `libcudart`, the one that ONNX Runtime's provider loads
  /// @param ordinal the driver's device number
  /// @throws IllegalArgumentException when it cannot be loaded
  public static CudaRuntime load(String library, int ordinal) {
    return new CudaRuntime(ordinal, SymbolLookup.libraryLookup(library, Arena.global()));
  }

  /// Copies between any two of host, pinned and device memory, and waits until it is done. Work
  /// that writes `from` must have been waited for; runs are.
  public void copy(long from, long to, long bytes) {
    if (bytes == 0) {
      return;
    }
    check(NativeCalls.call(setDevice, ordinal));
    check(NativeCalls.call(copy, to, from, bytes, BY_ADDRESS));
    // From pageable memory the call may return while the last piece is under way.
    check(NativeCalls.call(synchronize, 0));
  }

  /// Sets every byte of device memory to zero.
  public void clear(long address, long bytes) {
    if (bytes == 0) {
      return;
    }
    check(NativeCalls.call(setDevice, ordinal));
    check(NativeCalls.call(fill, address, 0, bytes));
    check(NativeCalls.call(synchronize, 0));
  }

  private void check(long result) {
    int code = (int) result;
    if (code != 0) {
      throw new OrtStatusException(
          code, "CUDA: " + OrtApi.string(NativeCalls.call(errorString, code)));
    }
  }
}
