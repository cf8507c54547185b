package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtSession;
import io.chronoscope.ort.capi.OrtStatusException;
import io.chronoscope.ort.capi.OrtValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A compiled [Graph]. Thread-safe; runs may overlap. It maps the weight files itself and owns
/// converted copies of the weights whose stored type is not the one it computes in (a BF16 weight
/// computed in FP32 takes four bytes per number). Working memory is kept for the next run, so it
/// stays at what the largest run needed. A large graph can be compiled in parts ([#compileParts]).
public final class Session implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.chronoscope.ort");

  private final String name;
  private final GraphParts parts;
  private final SessionMemory memory;
  private final GraphCapture capture;

  private Session(String name, GraphParts parts, SessionMemory memory, GraphCapture capture) {
    this.name = name;
    this.parts = parts;
    this.memory = memory;
    this.capture = capture;
  }

  /// Compiles a graph for a device.
  ///
  /// @param name for messages
  /// @param intraOpThreads threads that share one operator; 0 means one for each processor
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

  private static Session compile(
      String name,
      Graph graph,
      byte[] model,
      Device device,
      int intraOpThreads,
      Map<String, String> captureOptions) {
    OrtSession session =
        new GraphCompiler(name, device, intraOpThreads, captureOptions).compile(graph, model);
    RuntimeEnvironment runtime = RuntimeEnvironment.get(device);
    return new Session(
        name,
        GraphParts.whole(session),
        SessionMemory.of(session, device, runtime),
        captureOptions.isEmpty()
            ? new GraphCapture.Unavailable()
            : new GraphCapture.OfCuda(runtime.api()));
  }

  /// Compiles the parts of a graph for the CPU, at the same time: the runtime packs the weights of
  /// a graph in one thread. Parts run in their order. What one computes under a name that a later
  /// one has as an input is passed on to it; each input of the caller goes to all that have it.
  ///
  /// @param name of the whole, for messages
  /// @throws OnnxRuntimeException when the runtime rejects a part
  public static Session compileParts(String name, List<Graph> parts, int intraOpThreads) {
    List<OrtSession> sessions =
        new GraphCompiler(name, Device.CPU, intraOpThreads, Map.of()).compileAll(parts);
    return new Session(
        name,
        GraphParts.of(sessions, parts),
        new SessionMemory.OnCpu(),
        new GraphCapture.Unavailable());
  }

  /// Compiles a model that another program built and that carries its weights itself, for the CPU.
  ///
  /// @param name for messages
  /// @param model the bytes of an ONNX file
  /// @param intraOpThreads threads that share one operator; 0 means one for each processor
  /// @throws OnnxRuntimeException when the runtime rejects the model
  public static Session ofModel(String name, byte[] model, int intraOpThreads) {
    OrtSession session =
        new GraphCompiler(name, Device.CPU, intraOpThreads, Map.of()).compile(model);
    return new Session(
        name, GraphParts.whole(session), new SessionMemory.OnCpu(), new GraphCapture.Unavailable());
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
    return new Binding(name, parts.bind(), memory, capture.uncaptured());
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
      parts
          .run(fed, outputs, targets)
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
    parts.close();
  }
}
