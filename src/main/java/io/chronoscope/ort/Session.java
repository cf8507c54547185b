package io.chronoscope.ort;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A compiled [Graph]. Thread-safe; runs may overlap. It maps the weight files itself and owns
/// converted copies of the weights whose stored type is not the one it computes in (a BF16 weight
/// computed in FP32 takes four bytes per number). Working memory is kept for the next run, so it
/// stays at what the largest run needed.
public final class Session implements AutoCloseable {

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

  private Session(String name, OrtSession session) {
    this.name = name;
    this.session = session;
  }

  /// Compiles a graph for a device.
  ///
  /// @param name for messages
  /// @param intraOpThreads threads that share one operator; 0 leaves it to the runtime
  /// @throws OnnxRuntimeException when the device is not available or the runtime rejects the graph
  public static Session compile(String name, Graph graph, Device device, int intraOpThreads) {
    OrtEnvironment environment = RuntimeEnvironment.get();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      configure(options, intraOpThreads);
      folder(graph)
          .ifPresent(folder ->
              config(
                  options,
                  "session.model_external_initializers_file_folder_path",
                  folder.toString()));
      switch (device) {
        case Device.Cpu() -> addCpu(options, graph);
        case Device.Cuda(int ordinal) -> addCuda(options, ordinal);
      }
      return create(name, graph, options);
    } catch (OrtException e) {
      throw new OnnxRuntimeException(
          "ONNX Runtime %s rejects the %s graph on %s: %s"
              .formatted(environment.getVersion(), name, device, e.getMessage()),
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
    OrtEnvironment environment = RuntimeEnvironment.get();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      configure(options, intraOpThreads);
      return new Session(name, environment.createSession(model, options));
    } catch (OrtException e) {
      throw new OnnxRuntimeException(
          "ONNX Runtime %s rejects the %s model: %s"
              .formatted(environment.getVersion(), name, e.getMessage()),
          e);
    }
  }

  private static void configure(OrtSession.SessionOptions options, int intraOpThreads)
      throws OrtException {
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setIntraOpNumThreads(intraOpThreads);
    // Warnings name the graph's internals (nodes that copy, duplicate indices in a scatter); what
    // fails is thrown.
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    // Shapes change from run to run: memory patterns would accumulate, one for each.
    options.setMemoryPatternOptimization(false);
    // Threads that spin between operators would take cores from video decoding and other streams.
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
  }

  private static Session create(String name, Graph graph, OrtSession.SessionOptions options)
      throws OrtException {
    OrtEnvironment environment = RuntimeEnvironment.get();
    Map<String, OnnxTensorLike> mapped = new LinkedHashMap<>();
    try {
      for (MappedWeight weight : graph.mappedWeights().values()) {
        mapped.put(
            weight.name(),
            OnnxTensor.createTensor(
                environment,
                weight.data().asByteBuffer().order(ByteOrder.nativeOrder()),
                weight.shape().stream().mapToLong(Long::longValue).toArray(),
                weight.type().java()));
      }
      if (!mapped.isEmpty()) {
        options.addExternalInitializers(mapped);
      }
      return new Session(name, environment.createSession(graph.toModel(), options));
    } finally {
      // The session has its own handles on the memory.
      mapped.values().forEach(OnnxTensorLike::close);
    }
  }

  private static void addCpu(OrtSession.SessionOptions options, Graph graph) throws OrtException {
    long numbers =
        graph.weights().values().stream()
            .filter(weight -> weight.type() != ElementType.INT8)
            .mapToLong(weight -> weight.sizeBytes() / weight.type().bytes())
            .sum();
    if (numbers > MAX_PACKED_NUMBERS) {
      options.addConfigEntry("session.disable_prepacking", "1");
    }
  }

  private static void config(OrtSession.SessionOptions options, String key, String value) {
    try {
      options.addConfigEntry(key, value);
    } catch (OrtException e) {
      throw new OnnxRuntimeException("ONNX Runtime rejects the session option " + key, e);
    }
  }

  /// @throws OnnxRuntimeException when this JVM's native library has no CUDA kernels
  public static void requireCuda() {
    RuntimeEnvironment.get();
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new OnnxRuntimeException(
          "device cuda: the ONNX Runtime library in use has no CUDA kernels (it has "
              + OrtEnvironment.getAvailableProviders()
              + "); build with the Maven profile `cuda` (com.microsoft.onnxruntime:onnxruntime_gpu,"
              + " CUDA 12) or point -Donnxruntime.native.path at a folder with a CUDA build");
    }
  }

  private static void addCuda(OrtSession.SessionOptions options, int ordinal) throws OrtException {
    requireCuda();
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(ordinal)) {
      for (Map.Entry<String, String> option : CUDA_OPTIONS.entrySet()) {
        cuda.add(option.getKey(), option.getValue());
      }
      options.addCUDA(cuda);
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

  /// Computes `outputs` into tensors that the runtime allocates.
  ///
  /// @return by name; the caller closes them
  public Map<String, NativeTensor> run(Map<String, NativeTensor> inputs, Set<String> outputs) {
    return run(inputs, outputs, Map.of());
  }

  /// Computes `outputs` into tensors that the runtime allocates, and others into tensors of the
  /// caller.
  ///
  /// @param into output name to a tensor of the right shape
  /// @return `outputs` by name; the caller closes them
  /// @throws OnnxRuntimeException when the run fails
  public Map<String, NativeTensor> run(
      Map<String, NativeTensor> inputs, Set<String> outputs, Map<String, NativeTensor> into) {
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    inputs.forEach((key, tensor) -> fed.put(key, tensor.onnx()));
    Map<String, OnnxValue> pinned = new LinkedHashMap<>();
    into.forEach((key, tensor) -> pinned.put(key, tensor.onnx()));
    try {
      // The result is not closed as a whole: the caller owns its tensors one by one.
      OrtSession.Result result = session.run(fed, outputs, pinned);
      Map<String, NativeTensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, OnnxValue> entry : result) {
        if (outputs.contains(entry.getKey())) {
          tensors.put(entry.getKey(), NativeTensor.ofOutput((OnnxTensor) entry.getValue()));
        }
      }
      return tensors;
    } catch (OrtException e) {
      throw new OnnxRuntimeException(
          "running the %s graph failed: %s".formatted(name, e.getMessage()), e);
    }
  }

  /// Frees the compiled graph and its converted weights. No run may be in progress.
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new OnnxRuntimeException("closing the " + name + " session failed", e);
    }
  }
}
