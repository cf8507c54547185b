package io.chronoscope.ort;

import io.chronoscope.ort.capi.CudaRuntime;
import io.chronoscope.ort.capi.OrtAllocator;
import io.chronoscope.ort.capi.OrtMemoryInfo;
import io.chronoscope.ort.capi.OrtSession;
import io.chronoscope.ort.capi.OrtStatusException;
import io.chronoscope.ort.capi.OrtValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;

/// The memory that a session's tensors can be in. Thread-safe.
sealed interface SessionMemory extends AutoCloseable {

  static SessionMemory of(OrtSession session, Device device, RuntimeEnvironment runtime) {
    return switch (device) {
      case Device.Cpu() -> new OnCpu();
      case Device.Cuda(int ordinal) -> OnCuda.of(session, ordinal, runtime);
    };
  }

  /// A tensor of zeros.
  NativeTensor allocate(Memory placement, ElementType type, long... shape);

  /// A tensor of undefined content.
  NativeTensor allocateUnset(Memory placement, ElementType type, long... shape);

  /// The storage of what runs allocate.
  Storage storage(Memory placement);

  /// Whether binding an input that is in host memory copies it.
  boolean copiesInputs();

  @Override
  void close();

  /// All memory is the host's.
  record OnCpu() implements SessionMemory {

    @Override
    public NativeTensor allocate(Memory placement, ElementType type, long... shape) {
      return NativeTensor.allocate(storage(placement), type, shape);
    }

    /// Java clears what it allocates.
    @Override
    public NativeTensor allocateUnset(Memory placement, ElementType type, long... shape) {
      return allocate(placement, type, shape);
    }

    @Override
    public Storage storage(Memory placement) {
      return new Storage.OfHost(placement);
    }

    @Override
    public boolean copiesInputs() {
      return false;
    }

    @Override
    public void close() {}
  }

  /// Device and pinned memory from the session's own allocators.
  final class OnCuda implements SessionMemory {

    private static final Logger LOG = System.getLogger("io.chronoscope.ort");

    private final CudaRuntime cuda;

    /// Tensors in pinned memory are ordinary ones to the runtime, whose copies the driver makes
    /// faster. Named as pinned, an output in it would be written there by the last operator, and
    /// then copied onto itself, which the runtime refuses.
    private final OrtMemoryInfo hostInfo;

    private final Map<Memory, OrtMemoryInfo> infos = new EnumMap<>(Memory.class);
    private final Map<Memory, OrtAllocator> allocators = new EnumMap<>(Memory.class);

    private OnCuda(CudaRuntime cuda, OrtMemoryInfo hostInfo) {
      this.cuda = cuda;
      this.hostInfo = hostInfo;
    }

    static OnCuda of(OrtSession session, int ordinal, RuntimeEnvironment runtime) {
      OnCuda memory =
          new OnCuda(CudaRuntime.load(CudaSupport.runtimeLibrary(), ordinal), runtime.hostMemory());
      try {
        memory.add(Memory.DEVICE, OrtMemoryInfo.cuda(runtime.api(), ordinal), session);
        try {
          memory.add(Memory.PINNED, OrtMemoryInfo.cudaPinned(runtime.api(), ordinal), session);
        } catch (OrtStatusException e) {
          // Copies are slower from ordinary memory, and equal.
          LOG.log(Level.DEBUG, "no pinned memory: {0}", e.getMessage());
        }
        return memory;
      } catch (RuntimeException e) {
        memory.close();
        throw e;
      }
    }

    private void add(Memory placement, OrtMemoryInfo info, OrtSession session) {
      infos.put(placement, info);
      allocators.put(placement, OrtAllocator.of(session, info));
    }

    @Override
    public NativeTensor allocate(Memory placement, ElementType type, long... shape) {
      NativeTensor tensor = allocateUnset(placement, type, shape);
      tensor.clear();
      return tensor;
    }

    @Override
    public NativeTensor allocateUnset(Memory placement, ElementType type, long... shape) {
      OrtAllocator allocator = allocators.get(placement);
      if (allocator == null) {
        return NativeTensor.allocate(type, shape);
      }
      OrtValue owner = OrtValue.allocate(allocator, type.onnx(), shape);
      return placement == Memory.PINNED
          ? NativeTensor.overOwned(owner, storage(placement), type, shape)
          : NativeTensor.ofOutput(owner, storage(placement));
    }

    @Override
    public Storage storage(Memory placement) {
      OrtMemoryInfo info = infos.get(placement);
      return info == null || !allocators.containsKey(placement)
          ? Storage.HOST
          : new Storage.OfCuda(placement, placement == Memory.PINNED ? hostInfo : info, cuda);
    }

    @Override
    public boolean copiesInputs() {
      return true;
    }

    @Override
    public void close() {
      allocators.values().forEach(OrtAllocator::close);
      infos.values().forEach(OrtMemoryInfo::close);
    }
  }
}
