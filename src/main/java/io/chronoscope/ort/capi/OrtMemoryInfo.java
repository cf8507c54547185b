package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Names a kind of memory. Thread-safe.
public final class OrtMemoryInfo extends NativeObject {

  private static final int DEVICE_ALLOCATOR = 0;
  private static final int DEFAULT_TYPE = 0;
  private static final int CPU_OUTPUT_TYPE = -1;

  private OrtMemoryInfo(OrtApi api, long address) {
    super(api, OrtFunction.RELEASE_MEMORY_INFO, address);
  }

  /// Ordinary memory of the host.
  public static OrtMemoryInfo host(OrtApi api) {
    return create(api, "Cpu", 0, DEFAULT_TYPE);
  }

  /// Memory of an NVIDIA GPU.
  public static OrtMemoryInfo cuda(OrtApi api, int ordinal) {
    return create(api, "Cuda", ordinal, DEFAULT_TYPE);
  }

  /// Page-locked memory of the host, from which a GPU copies without an intermediate copy.
  public static OrtMemoryInfo cudaPinned(OrtApi api, int ordinal) {
    return create(api, "CudaPinned", ordinal, CPU_OUTPUT_TYPE);
  }

  private static OrtMemoryInfo create(OrtApi api, String name, int ordinal, int type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(
          api.call(
              OrtFunction.CREATE_MEMORY_INFO,
              arena.allocateFrom(name).address(),
              DEVICE_ALLOCATOR,
              ordinal,
              type,
              out.address()));
      return new OrtMemoryInfo(api, out.get(JAVA_LONG, 0));
    }
  }
}
