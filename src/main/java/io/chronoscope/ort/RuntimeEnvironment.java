package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtApi;
import io.chronoscope.ort.capi.OrtMemoryInfo;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// ONNX Runtime's library and its environment, one of each in a process. They are loaded when they
/// are first needed and stay until the process ends.
final class RuntimeEnvironment {

  /// On startup ONNX Runtime 1.29 matches the process's command line recursively. With a long class
  /// path this overflows the stack of an ordinary thread and kills the JVM.
  private static final long STACK_BYTES = 256L << 20;

  private static @Nullable RuntimeEnvironment loaded;

  private final Path library;
  private final OrtApi api;
  private final long environment;
  private final OrtMemoryInfo hostMemory;

  private RuntimeEnvironment(Path library) {
    this.library = library;
    this.api = OrtApi.load(library);
    this.environment = api.createEnvironment("chronoscope");
    this.hostMemory = OrtMemoryInfo.host(api);
  }

  /// The library in use, or the one for the CPU.
  static RuntimeEnvironment get() {
    return get(Device.CPU);
  }

  /// The library in use. The first call decides which one that is: a machine may have one for the
  /// CPU and one with CUDA kernels.
  static synchronized RuntimeEnvironment get(Device device) {
    RuntimeEnvironment current = loaded;
    if (current == null) {
      current = load(RuntimeLibrary.locate(device));
      loaded = current;
    }
    return current;
  }

  Path library() {
    return library;
  }

  OrtApi api() {
    return api;
  }

  /// Address of the runtime's environment.
  long address() {
    return environment;
  }

  /// Ordinary host memory, for tensors over it. Never closed.
  OrtMemoryInfo hostMemory() {
    return hostMemory;
  }

  private static RuntimeEnvironment load(Path library) {
    Loading loading = new Loading(library);
    Thread thread = new Thread(null, loading, "onnxruntime-start", STACK_BYTES);
    thread.start();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return loading.result();
  }

  private static final class Loading implements Runnable {

    private final Path library;
    private @Nullable RuntimeEnvironment environment;
    private @Nullable Throwable failure;

    Loading(Path library) {
      this.library = library;
    }

    @Override
    public void run() {
      try {
        environment = new RuntimeEnvironment(library);
      } catch (RuntimeException | LinkageError e) {
        failure = e;
      }
    }

    RuntimeEnvironment result() {
      if (environment == null) {
        Throwable cause = failure == null ? new IllegalStateException("no environment") : failure;
        throw new OnnxRuntimeException(
            "ONNX Runtime's native library %s cannot be loaded on this machine (%s %s): %s"
                .formatted(
                    library,
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    cause.getMessage()),
            cause);
      }
      return environment;
    }
  }
}
