package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A session's allocator of one kind of memory. Thread-safe. Closed after the tensors that it
/// allocated and before the session.
public final class OrtAllocator extends NativeObject {

  private OrtAllocator(OrtApi api, long address) {
    super(api, OrtFunction.RELEASE_ALLOCATOR, address);
  }

  /// @throws OrtStatusException when the session does not compute where `memory` is
  public static OrtAllocator of(OrtSession session, OrtMemoryInfo memory) {
    OrtApi api = session.api();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(
          api.call(
              OrtFunction.CREATE_ALLOCATOR, session.address(), memory.address(), out.address()));
      return new OrtAllocator(api, out.get(JAVA_LONG, 0));
    }
  }

  /// The process-wide allocator of host memory, which owns what the runtime returns.
  static long defaultAddress(OrtApi api) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(api.call(OrtFunction.GET_ALLOCATOR_WITH_DEFAULT_OPTIONS, out.address()));
      return out.get(JAVA_LONG, 0);
    }
  }
}
