package io.chronoscope.ort;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A row-major tensor outside the Java heap. It owns its memory, whether allocated here or by the
/// runtime for an output, until it is closed. Not thread-safe.
public final class NativeTensor implements AutoCloseable {

  private static final AtomicLong LIVE = new AtomicLong();

  private final OnnxTensor tensor;
  private final @Nullable Arena arena;
  private final @Nullable MemorySegment memory;

  private NativeTensor(OnnxTensor tensor, @Nullable Arena arena, @Nullable MemorySegment memory) {
    this.tensor = tensor;
    this.arena = arena;
    this.memory = memory;
    LIVE.incrementAndGet();
  }

  /// Wraps a tensor that the runtime allocated; it is closed with this object.
  static NativeTensor ofOutput(OnnxTensor tensor) {
    return new NativeTensor(tensor, null, null);
  }

  /// A tensor of zeros, to be written through [#memory()] before a run, or by a run.
  @SuppressWarnings("MustBeClosed") // the tensor owns the arena and closes it
  public static NativeTensor allocate(ElementType type, long... shape) {
    long bytes = elements(shape) * type.bytes();
    Arena arena = Arena.ofShared();
    try {
      // An empty tensor still needs an address.
      MemorySegment memory = arena.allocate(Math.max(bytes, 8), 64).asSlice(0, bytes);
      return new NativeTensor(view(type, memory, shape), arena, memory);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// The start of this tensor in another shape, over the same memory. Closing it frees nothing; it
  /// is of no use after this tensor is closed.
  ///
  /// @throws IllegalStateException for an output that the runtime allocated
  public NativeTensor view(long... shape) {
    ElementType type = ElementType.of(tensor.getInfo().type);
    MemorySegment start = memory().asSlice(0, elements(shape) * type.bytes());
    return new NativeTensor(view(type, start, shape), null, start);
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

  private static OnnxTensor view(ElementType type, MemorySegment memory, long... shape) {
    ByteBuffer bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    try {
      return OnnxTensor.createTensor(RuntimeEnvironment.get(), bytes, shape, type.java());
    } catch (OrtException e) {
      throw new OnnxRuntimeException("cannot create a tensor " + type + Arrays.toString(shape), e);
    }
  }

  private static long elements(long... shape) {
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

  OnnxTensor onnx() {
    return tensor;
  }

  public long[] shape() {
    return tensor.getInfo().getShape();
  }

  /// The elements of a tensor that was allocated here.
  ///
  /// @throws IllegalStateException for an output that the runtime allocated
  public MemorySegment memory() {
    if (memory == null) {
      throw new IllegalStateException("the runtime owns this tensor's memory; copy it instead");
    }
    return memory;
  }

  /// Copies an INT64 tensor.
  public long[] toLongs() {
    var buffer = tensor.getLongBuffer();
    long[] values = new long[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  /// Copies a FLOAT32 tensor.
  public float[] toFloats() {
    var buffer = tensor.getFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  @Override
  public void close() {
    if (!tensor.isClosed()) {
      LIVE.decrementAndGet();
    }
    tensor.close();
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }
}
