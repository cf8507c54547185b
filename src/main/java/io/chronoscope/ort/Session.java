package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtIoBinding;
import io.chronoscope.ort.capi.OrtSession;
import io.chronoscope.ort.capi.OrtSessionOptions;
import io.chronoscope.ort.capi.OrtStatusException;
import io.chronoscope.ort.capi.OrtValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A compiled [Graph]. Thread-safe; runs may overlap. It maps the weight files itself and owns
/// converted copies of the weights whose stored type is not the one it computes in (a BF16 weight
/// computed in FP32 takes four bytes per number). Working memory is kept for the next run, so it
/// stays at what the largest run needed.
public final class Session implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.chronoscope.ort");

  /// Attention kernels of the runtime, as bits: flash, memory-efficient, and plain products for all
  /// other cases.
  private static final int ATTENTION_KERNELS = 1 | 2 | 16;

  /// Options of the CUDA provider.
  ///
  /// - TF32 rounds the factors of a product to 10 bits, which is not FP32.
  /// - Without a choice of attention kernels the runtime prefers those of cuDNN (sm 90 and later),
  ///   which build a plan for each new shape: 40 ms for every decoded token after a prompt of
  ///   unseen length.
  static final Map<String, String> CUDA_OPTIONS =
      Map.of(
          "use_tf32", "0",
          "arena_extend_strategy", "kSameAsRequested",
          "sdpa_kernel", Integer.toString(ATTENTION_KERNELS));

  /// Above this many FP32 weights (1 GiB) the CPU's kernels read them as they are. The runtime's
  /// own layout of them is a second copy, which gains nothing measurable at these sizes; small
  /// models keep it.
  private static final long MAX_PACKED_NUMBERS = 1L << 28;

  private final String name;
  private final OrtSession session;
  private final SessionMemory memory;
  private final GraphCapture capture;

  private Session(String name, OrtSession session, SessionMemory memory, GraphCapture capture) {
    this.name = name;
    this.session = session;
    this.memory = memory;
    this.capture = capture;
  }

  /// Compiles a graph for a device.
  ///
  /// @param name for messages
  /// @param intraOpThreads threads that share one operator; 0 leaves it to the runtime
  /// @throws OnnxRuntimeException when the device is not available or the runtime rejects the graph
  public static Session compile(String name, Graph graph, Device device, int intraOpThreads) {
    return compile(name, graph, device, intraOpThreads, Map.of());
  }

  /// As [#compile], for a graph whose runs are repeated by [#captured]. A graph that cannot be
  /// captured, because of a loop or of operators on the CPU, is compiled all the same.
  public static Session compileForCapture(
      String name, Graph graph, Device device, int intraOpThreads) {
    if (device instanceof Device.Cpu) {
      return compile(name, graph, device, intraOpThreads);
    }
    try {
      return compile(name, graph, device, intraOpThreads, GraphCapture.CUDA_OPTIONS);
    } catch (OnnxRuntimeException e) {
      LOG.log(Level.INFO, "the {0} graph runs without CUDA graphs: {1}", name, e.getMessage());
      return compile(name, graph, device, intraOpThreads);
    }
  }

  /// Compiles a graph that computes in BF16, as those for a GPU do, for the CPU, which has no BF16
  /// kernels: it computes each operator in FP32 and rounds its results. Slow, and for checking what
  /// BF16 does to results.
  ///
  /// @throws OnnxRuntimeException when the runtime rejects the graph
  public static Session compileRounding(String name, Graph graph, int intraOpThreads) {
    return compile(name, graph, graph.toRoundedModel(), Device.CPU, intraOpThreads, Map.of());
  }

  private static Session compile(
      String name,
      Graph graph,
      Device device,
      int intraOpThreads,
      Map<String, String> captureOptions) {
    return compile(name, graph, graph.toModel(), device, intraOpThreads, captureOptions);
  }

  /// @param model `graph`, serialized
  /// @param captureOptions CUDA options with which runs can be captured, or none
  private static Session compile(
      String name,
      Graph graph,
      byte[] model,
      Device device,
      int intraOpThreads,
      Map<String, String> captureOptions) {
    if (device instanceof Device.Cuda) {
      CudaSupport.require();
    }
    RuntimeEnvironment runtime = RuntimeEnvironment.get(device);
    try (OrtSessionOptions options = OrtSessionOptions.create(runtime.api())) {
      configure(options, intraOpThreads);
      folder(graph)
          .ifPresent(folder ->
              options.config(
                  "session.model_external_initializers_file_folder_path", folder.toString()));
      switch (device) {
        case Device.Cpu() -> addCpu(options, graph);
        case Device.Cuda(int ordinal) -> {
          Map<String, String> cuda = new HashMap<>(CUDA_OPTIONS);
          cuda.putAll(captureOptions);
          cuda.put("device_id", Integer.toString(ordinal));
          options.cuda(cuda);
        }
      }
      OrtSession session = create(runtime, graph, model, device, options);
      return new Session(
          name,
          session,
          SessionMemory.of(session, device, runtime),
          captureOptions.isEmpty()
              ? new GraphCapture.Unavailable()
              : new GraphCapture.OfCuda(runtime.api()));
    } catch (OrtStatusException e) {
      throw new OnnxRuntimeException(
          "ONNX Runtime %s rejects the %s graph on %s: %s"
              .formatted(runtime.api().version(), name, device, e.getMessage()),
          e);
    }
  }

  /// Compiles a model that another program built and that carries its weights itself, for the CPU.
  ///
  /// @param name for messages
  /// @param model the bytes of an ONNX file
  /// @param intraOpThreads threads that share one operator; 0 leaves it to the runtime
  /// @throws OnnxRuntimeException when the runtime rejects the model
  public static Session ofModel(String name, byte[] model, int intraOpThreads) {
    RuntimeEnvironment runtime = RuntimeEnvironment.get(Device.CPU);
    try (OrtSessionOptions options = OrtSessionOptions.create(runtime.api())) {
      configure(options, intraOpThreads);
      OrtSession session = OrtSession.create(runtime.api(), runtime.address(), model, options);
      return new Session(
          name,
          session,
          SessionMemory.of(session, Device.CPU, runtime),
          new GraphCapture.Unavailable());
    } catch (OrtStatusException e) {
      throw new OnnxRuntimeException(
          "ONNX Runtime %s rejects the %s model: %s"
              .formatted(runtime.api().version(), name, e.getMessage()),
          e);
    }
  }

  private static void configure(OrtSessionOptions options, int intraOpThreads) {
    // Shapes change from run to run: memory patterns would accumulate, one for each.
    options.intraOpThreads(intraOpThreads).withoutMemoryPatterns();
    // Threads that spin between operators would take cores from video decoding and other streams.
    options.config("session.intra_op.allow_spinning", "0");
  }

  private static OrtSession create(
      RuntimeEnvironment runtime,
      Graph graph,
      byte[] model,
      Device device,
      OrtSessionOptions options) {
    Map<String, OrtValue> mapped = new LinkedHashMap<>();
    List<OrtValue> shared = new ArrayList<>();
    try {
      if (device instanceof Device.Cpu) {
        for (ExternalWeight weight : graph.weights().values()) {
          weight
              .mapping()
              .ifPresent(data -> {
                OrtValue value = over(runtime, weight.type(), weight.shape(), data);
                shared.add(value);
                options.share(weight.name(), value);
              });
        }
      }
      for (MappedWeight weight : graph.mappedWeights().values()) {
        mapped.put(weight.name(), over(runtime, weight.type(), weight.shape(), weight.data()));
      }
      if (!mapped.isEmpty()) {
        options.initializers(mapped);
      }
      return OrtSession.create(runtime.api(), runtime.address(), model, options);
    } finally {
      // The session has its own handles on the memory.
      mapped.values().forEach(OrtValue::close);
      shared.forEach(OrtValue::close);
    }
  }

  private static OrtValue over(
      RuntimeEnvironment runtime, ElementType type, List<Long> shape, MemorySegment data) {
    long[] sides = shape.stream().mapToLong(Long::longValue).toArray();
    return NativeTensor.over(runtime.hostMemory(), type, data, sides);
  }

  private static void addCpu(OrtSessionOptions options, Graph graph) {
    long numbers =
        graph.weights().values().stream()
            .filter(weight -> weight.mapping().isEmpty())
            .mapToLong(weight -> weight.sizeBytes() / weight.type().bytes())
            .sum();
    if (numbers > MAX_PACKED_NUMBERS) {
      options.config("session.disable_prepacking", "1");
    }
  }

  private static Optional<Path> folder(Graph graph) {
    Set<Path> folders =
        graph.weights().values().stream()
            .map(weight -> weight.file().getParent())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (folders.size() > 1) {
      throw new OnnxRuntimeException(
          "weights must be in one directory, but are in several: " + folders);
    }
    return folders.stream().findFirst();
  }

  /// Whether the CPU kernels of the library in use accept tensors without elements. Those of ONNX
  /// Runtime 1.28 divide by zero.
  public static boolean acceptsEmptyTensors() {
    return !RuntimeEnvironment.get().api().version().startsWith("1.28.");
  }

  String name() {
    return name;
  }

  /// A tensor of zeros for this session's bindings.
  ///
  /// @return the caller closes it before the session
  public NativeTensor allocate(Memory placement, ElementType type, long... shape) {
    return memory.allocate(placement, type, shape);
  }

  /// As [#allocate], of undefined content, for a tensor that is written as a whole before it is
  /// read: to clear tens of megabytes takes a GPU's host milliseconds.
  public NativeTensor allocateUnset(Memory placement, ElementType type, long... shape) {
    return memory.allocateUnset(placement, type, shape);
  }

  /// An empty binding of this session's inputs and outputs.
  ///
  /// @return the caller closes it before the session
  public Binding bind() {
    return new Binding(name, OrtIoBinding.of(session), memory, capture.uncaptured());
  }

  /// Whether runs that [#captured] repeats become CUDA graphs.
  public boolean capturesRuns() {
    return capture instanceof GraphCapture.OfCuda;
  }

  /// Repeats the runs of a binding whose tensors stay as they are.
  ///
  /// @param state tensors of the binding that a run both reads and writes, other than KV caches
  /// @return uses the binding, which stays the caller's and open
  public CapturedRun captured(Binding binding, List<NativeTensor> state) {
    return capture.repeat(this, binding, state);
  }

  /// Computes `outputs` into tensors that the runtime allocates.
  ///
  /// @return by name; the caller closes them
  public Map<String, NativeTensor> run(Map<String, NativeTensor> inputs, Set<String> outputs) {
    return run(inputs, outputs, Map.of());
  }

  /// Computes `outputs` into tensors that the runtime allocates in host memory, and others into
  /// tensors of the caller.
  ///
  /// @param into output name to a tensor of the right shape
  /// @return `outputs` by name; the caller closes them
  /// @throws OnnxRuntimeException when the run fails
  public Map<String, NativeTensor> run(
      Map<String, NativeTensor> inputs, Set<String> outputs, Map<String, NativeTensor> into) {
    Map<String, OrtValue> fed = new LinkedHashMap<>();
    inputs.forEach((key, tensor) -> fed.put(key, tensor.value()));
    Map<String, OrtValue> targets = new LinkedHashMap<>();
    into.forEach((key, tensor) -> targets.put(key, tensor.value()));
    try {
      Map<String, NativeTensor> tensors = new LinkedHashMap<>();
      session
          .run(fed, List.copyOf(outputs), targets)
          .forEach((key, value) -> tensors.put(key, NativeTensor.ofOutput(value, Storage.HOST)));
      return tensors;
    } catch (OrtStatusException e) {
      throw new OnnxRuntimeException(
          "running the %s graph failed: %s".formatted(name, e.getMessage()), e);
    }
  }

  /// Frees the compiled graph and its converted weights. No run may be in progress.
  @Override
  public void close() {
    capture.close();
    memory.close();
    session.close();
  }
}
