package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtMemoryInfo;
import io.chronoscope.ort.capi.OrtStatusException;
import io.chronoscope.ort.capi.OrtValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// A row-major tensor outside the Java heap. It owns its memory, whether allocated here or by the
/// runtime, until it is closed; a [#view] does not. Not thread-safe.
public final class NativeTensor implements AutoCloseable {

  private static final AtomicLong LIVE = new AtomicLong();

  private static final Runnable NOTHING_TO_FREE = () -> {};

  private final OrtValue value;
  private final ElementType type;
  private final long[] shape;
  private final Storage storage;
  private final MemorySegment memory;
  private final Runnable freeMemory;

  /// @param storage of its elements
  /// @param memory the elements, or an address to compute with when the host cannot read them
  /// @param freeMemory frees `memory`, if `value` does not own it
  private NativeTensor(
      OrtValue value,
      ElementType type,
      long[] shape,
      Storage storage,
      MemorySegment memory,
      Runnable freeMemory) {
    this.value = value;
    this.type = type;
    this.shape = shape.clone();
    this.storage = storage;
    this.memory = memory;
    this.freeMemory = freeMemory;
    LIVE.incrementAndGet();
  }

  /// Wraps a tensor that the runtime allocated; it is closed with this object.
  static NativeTensor ofOutput(OrtValue value, Storage storage) {
    OrtValue.Description description = value.describe();
    ElementType type = ElementType.of(description.elementType());
    long bytes = elements(description.shape()) * type.bytes();
    MemorySegment memory = MemorySegment.ofAddress(value.dataAddress()).reinterpret(bytes);
    return new NativeTensor(value, type, description.shape(), storage, memory, NOTHING_TO_FREE);
  }

  /// A tensor over the memory of a value of the runtime; the value is closed with it.
  ///
  /// @param storage that names the memory to the runtime otherwise than `owner` does
  static NativeTensor overOwned(OrtValue owner, Storage storage, ElementType type, long... shape) {
    long bytes = elements(shape) * type.bytes();
    MemorySegment memory = MemorySegment.ofAddress(owner.dataAddress()).reinterpret(bytes);
    return new NativeTensor(
        over(storage.info(), type, memory, shape), type, shape, storage, memory, owner::close);
  }

  /// A tensor of zeros in host memory, to be written through [#memory()] before a run, or by a run.
  public static NativeTensor allocate(ElementType type, long... shape) {
    return allocate(Storage.HOST, type, shape);
  }

  /// A tensor of zeros in the host memory that `storage` names.
  @SuppressWarnings("MustBeClosed") // the tensor owns the arena and closes it
  static NativeTensor allocate(Storage storage, ElementType type, long... shape) {
    long bytes = elements(shape) * type.bytes();
    Arena arena = Arena.ofShared();
    try {
      // An empty tensor still needs an address.
      MemorySegment memory = arena.allocate(Math.max(bytes, 8), 64).asSlice(0, bytes);
      return new NativeTensor(
          over(RuntimeEnvironment.get().hostMemory(), type, memory, shape),
          type,
          shape,
          storage,
          memory,
          arena::close);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  public static NativeTensor ofFloats(float[] values, long... shape) {
    return copied(ElementType.FLOAT32, MemorySegment.ofArray(values), shape);
  }

  public static NativeTensor ofLongs(long[] values, long... shape) {
    return copied(ElementType.INT64, MemorySegment.ofArray(values), shape);
  }

  public static NativeTensor ofInts(int[] values, long... shape) {
    return copied(ElementType.INT32, MemorySegment.ofArray(values), shape);
  }

  /// A tensor of one-byte elements; booleans are 0 or 1.
  public static NativeTensor ofBytes(ElementType type, byte[] values, long... shape) {
    return copied(type, MemorySegment.ofArray(values), shape);
  }

  private static NativeTensor copied(ElementType type, MemorySegment values, long... shape) {
    NativeTensor tensor = allocate(type, shape);
    tensor.memory().copyFrom(values);
    return tensor;
  }

  /// A value over memory that outlives it.
  static OrtValue over(
      OrtMemoryInfo memory, ElementType type, MemorySegment elements, long... shape) {
    try {
      return OrtValue.over(
          RuntimeEnvironment.get().api(),
          memory,
          elements.address(),
          elements.byteSize(),
          type.onnx(),
          shape);
    } catch (OrtStatusException e) {
      throw new OnnxRuntimeException("cannot create a tensor " + type + Arrays.toString(shape), e);
    }
  }

  static long elements(long... shape) {
    long product = 1;
    for (long dimension : shape) {
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }

  /// Number of open tensors in this process, for leak checks.
  public static long live() {
    return LIVE.get();
  }

  OrtValue value() {
    return value;
  }

  public ElementType type() {
    return type;
  }

  public long[] shape() {
    return shape.clone();
  }

  /// Where the elements are.
  public Memory placement() {
    return storage.memory();
  }

  /// Size of the elements.
  public long byteSize() {
    return memory.byteSize();
  }

  /// The elements. Not to be used after the tensor is closed.
  ///
  /// @throws IllegalStateException when they are in a GPU's memory, which the host cannot read
  public MemorySegment memory() {
    if (!storage.isReadable()) {
      throw new IllegalStateException(
          "a tensor in a GPU's memory cannot be read by the host; copy it instead");
    }
    return memory;
  }

  /// The same memory from its start with another shape, which may be smaller.
  ///
  /// @return does not own the memory; closed before this tensor
  public NativeTensor view(long... other) {
    long bytes = elements(other) * type.bytes();
    if (bytes > memory.byteSize()) {
      throw new IllegalArgumentException(
          "a view %s does not fit in a tensor %s"
              .formatted(Arrays.toString(other), Arrays.toString(shape)));
    }
    MemorySegment part = memory.asSlice(0, bytes);
    return new NativeTensor(
        over(storage.info(), type, part, other), type, other, storage, part, NOTHING_TO_FREE);
  }

  /// Copies all elements of a tensor of the same size, wherever both are.
  public void copyFrom(NativeTensor source) {
    if (source.byteSize() != byteSize()) {
      throw new IllegalArgumentException(
          "%d bytes cannot be copied to a tensor of %d bytes"
              .formatted(source.byteSize(), byteSize()));
    }
    copyFrom(source, 0, 0, byteSize());
  }

  /// Copies a range of bytes, wherever both tensors are, and waits until it is done.
  ///
  /// @throws IndexOutOfBoundsException when the range exceeds either tensor
  public void copyFrom(NativeTensor source, long sourceOffsetBytes, long offsetBytes, long bytes) {
    MemorySegment from = source.memory.asSlice(sourceOffsetBytes, bytes);
    MemorySegment to = memory.asSlice(offsetBytes, bytes);
    // Whichever side is on a device knows how to copy.
    Storage copying = storage.isReadable() ? source.storage : storage;
    copying.copy(from, to);
  }

  /// Sets all elements to zero.
  public void clear() {
    storage.clear(memory);
  }

  /// Copies an INT64 tensor.
  public long[] toLongs() {
    return onHost().toArray(ValueLayout.JAVA_LONG);
  }

  /// Copies a FLOAT32 tensor.
  public float[] toFloats() {
    return onHost().toArray(ValueLayout.JAVA_FLOAT);
  }

  private MemorySegment onHost() {
    if (storage.isReadable()) {
      return memory;
    }
    MemorySegment copy = Arena.ofAuto().allocate(Math.max(8, memory.byteSize()), 64);
    storage.copy(memory, copy.asSlice(0, memory.byteSize()));
    return copy.asSlice(0, memory.byteSize());
  }

  @Override
  public void close() {
    if (!value.isClosed()) {
      LIVE.decrementAndGet();
      value.close();
      freeMemory.run();
    }
  }
}
