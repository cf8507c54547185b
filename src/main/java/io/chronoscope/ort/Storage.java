package io.chronoscope.ort;

import io.chronoscope.ort.capi.CudaRuntime;
import io.chronoscope.ort.capi.OrtMemoryInfo;
import java.lang.foreign.MemorySegment;

/// The memory of a tensor's elements: whether the host can read it, and how it is copied.
sealed interface Storage {

  Storage HOST = new OfHost(Memory.HOST);

  Memory memory();

  /// Names the memory to the runtime.
  OrtMemoryInfo info();

  /// Whether the host can read and write it.
  boolean isReadable();

  /// Copies to or from this memory and waits until it is done. Both parts have the same size.
  void copy(MemorySegment from, MemorySegment to);

  /// Sets every byte to zero.
  void clear(MemorySegment memory);

  /// Ordinary memory, whatever it stands for.
  record OfHost(Memory memory) implements Storage {

    @Override
    public OrtMemoryInfo info() {
      return RuntimeEnvironment.get().hostMemory();
    }

    @Override
    public boolean isReadable() {
      return true;
    }

    @Override
    public void copy(MemorySegment from, MemorySegment to) {
      to.copyFrom(from);
    }

    @Override
    public void clear(MemorySegment memory) {
      memory.fill((byte) 0);
    }
  }

  /// Page-locked host memory or device memory that CUDA allocated.
  record OfCuda(Memory memory, OrtMemoryInfo info, CudaRuntime cuda) implements Storage {

    @Override
    public boolean isReadable() {
      return memory != Memory.DEVICE;
    }

    @Override
    public void copy(MemorySegment from, MemorySegment to) {
      cuda.copy(from.address(), to.address(), from.byteSize());
    }

    @Override
    public void clear(MemorySegment part) {
      if (isReadable()) {
        part.fill((byte) 0);
      } else {
        cuda.clear(part.address(), part.byteSize());
      }
    }
  }
}
