package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtSession;
import io.chronoscope.ort.capi.OrtSessionOptions;
import io.chronoscope.ort.capi.OrtStatusException;
import io.chronoscope.ort.capi.OrtValue;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/// Compiles graphs for a device, with the options and the weights that they need.
///
/// @param name of the graph, for messages
/// @param intraOpThreads threads that share one operator; 0 means one for each processor
/// @param captureOptions CUDA options with which runs can be captured, or none
record GraphCompiler(
    String name, Device device, int intraOpThreads, Map<String, String> captureOptions) {

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

  /// @throws OnnxRuntimeException when the device is not available or the runtime rejects the graph
  OrtSession compile(Graph graph) {
    return compile(graph, graph.toModel());
  }

  /// @param model `graph`, serialized
  /// @throws OnnxRuntimeException as above
  OrtSession compile(Graph graph, byte[] model) {
    if (device instanceof Device.Cuda) {
      CudaSupport.require();
    }
    RuntimeEnvironment runtime = RuntimeEnvironment.get(device);
    try (OrtSessionOptions options = OrtSessionOptions.create(runtime.api())) {
      configure(options);
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
      return create(runtime, graph, model, options);
    } catch (OrtStatusException e) {
      throw rejected(runtime, "graph on " + device, e);
    }
  }

  /// Compiles graphs at the same time, in a thread each.
  ///
  /// @return in their order
  /// @throws OnnxRuntimeException when the runtime rejects one of them; the others are closed
  List<OrtSession> compileAll(List<Graph> graphs) {
    List<CompletableFuture<OrtSession>> compiling =
        graphs.stream()
            .map(graph ->
                CompletableFuture.supplyAsync(
                    () -> compile(graph),
                    task -> Thread.ofPlatform().name("compile-" + name).daemon().start(task)))
            .toList();
    try {
      return compiling.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      compiling.forEach(one ->
          one.handle(
                  (session, failure) -> {
                    if (session != null) {
                      session.close();
                    }
                    return Optional.empty();
                  })
              .join());
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// Compiles a model that carries its weights itself.
  ///
  /// @param model the bytes of an ONNX file
  /// @throws OnnxRuntimeException when the runtime rejects the model
  OrtSession compile(byte[] model) {
    RuntimeEnvironment runtime = RuntimeEnvironment.get(device);
    try (OrtSessionOptions options = OrtSessionOptions.create(runtime.api())) {
      configure(options);
      return OrtSession.create(runtime.api(), runtime.address(), model, options);
    } catch (OrtStatusException e) {
      throw rejected(runtime, "model", e);
    }
  }

  private OnnxRuntimeException rejected(
      RuntimeEnvironment runtime, String what, OrtStatusException cause) {
    return new OnnxRuntimeException(
        "ONNX Runtime %s rejects the %s %s: %s"
            .formatted(runtime.api().version(), name, what, cause.getMessage()),
        cause);
  }

  private void configure(OrtSessionOptions options) {
    // Shapes change from run to run: memory patterns would accumulate, one for each.
    options.intraOpThreads(threads()).withoutMemoryPatterns();
    // Threads that spin between operators would take cores from video decoding and other streams.
    options.config("session.intra_op.allow_spinning", "0");
  }

  /// The runtime's own choice is the number of cores that it counts in the processor's description
  /// of itself. In a virtual machine that may be one for two, and in a container with a limit it is
  /// those of the whole machine.
  private int threads() {
    return intraOpThreads == 0 ? Runtime.getRuntime().availableProcessors() : intraOpThreads;
  }

  private OrtSession create(
      RuntimeEnvironment runtime, Graph graph, byte[] model, OrtSessionOptions options) {
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
}
