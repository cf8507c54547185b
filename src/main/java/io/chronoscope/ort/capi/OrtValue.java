package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A tensor of the runtime. Thread-safe.
public final class OrtValue extends NativeObject {

  OrtValue(OrtApi api, long address) {
    super(api, OrtFunction.RELEASE_VALUE, address);
  }

  /// A tensor over memory of the caller, which must outlive it.
  ///
  /// @param address of the first element, in memory of the kind `memory`
  /// @param elementType `ONNXTensorElementDataType`
  public static OrtValue over(
      OrtApi api, OrtMemoryInfo memory, long address, long bytes, int elementType, long... shape) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(
          api.call(
              OrtFunction.CREATE_TENSOR_WITH_DATA_AS_ORT_VALUE,
              memory.address(),
              address,
              bytes,
              dimensions(arena, shape),
              shape.length,
              elementType,
              out.address()));
      return new OrtValue(api, out.get(JAVA_LONG, 0));
    }
  }

  /// A tensor that owns memory from an allocator. Its elements are undefined.
  ///
  /// @param elementType `ONNXTensorElementDataType`
  public static OrtValue allocate(OrtAllocator allocator, int elementType, long... shape) {
    OrtApi api = allocator.api();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(
          api.call(
              OrtFunction.CREATE_TENSOR_AS_ORT_VALUE,
              allocator.address(),
              dimensions(arena, shape),
              shape.length,
              elementType,
              out.address()));
      return new OrtValue(api, out.get(JAVA_LONG, 0));
    }
  }

  private static long dimensions(Arena arena, long[] shape) {
    return arena.allocateFrom(JAVA_LONG, shape.length == 0 ? new long[1] : shape).address();
  }

  /// Address of the first element, in whatever memory the tensor is.
  public long dataAddress() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api().check(api().call(OrtFunction.GET_TENSOR_MUTABLE_DATA, address(), out.address()));
      return out.get(JAVA_LONG, 0);
    }
  }

  /// Element type and shape.
  ///
  /// @param elementType `ONNXTensorElementDataType`
  @SuppressWarnings("ArrayRecordComponent") // read once, not compared
  public record Description(int elementType, long[] shape) {}

  public Description describe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api().check(api().call(OrtFunction.GET_TENSOR_TYPE_AND_SHAPE, address(), out.address()));
      long info = out.get(JAVA_LONG, 0);
      try {
        api().check(api().call(OrtFunction.GET_TENSOR_ELEMENT_TYPE, info, out.address()));
        int elementType = out.get(JAVA_INT, 0);
        api().check(api().call(OrtFunction.GET_DIMENSIONS_COUNT, info, out.address()));
        int rank = (int) out.get(JAVA_LONG, 0);
        MemorySegment shape = arena.allocate(JAVA_LONG, Math.max(1, rank));
        api().check(api().call(OrtFunction.GET_DIMENSIONS, info, shape.address(), rank));
        return new Description(
            elementType, shape.asSlice(0, rank * JAVA_LONG.byteSize()).toArray(JAVA_LONG));
      } finally {
        api().release(OrtFunction.RELEASE_TENSOR_TYPE_AND_SHAPE_INFO, info);
      }
    }
  }
}
