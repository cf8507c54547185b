package io.chronoscope.ort;

import ai.onnxruntime.OrtEnvironment;
import org.jspecify.annotations.Nullable;

/// The one ONNX Runtime environment of this process, created on first use.
final class RuntimeEnvironment {

  /// On startup ONNX Runtime 1.29 matches the process's command line recursively. With a long class
  /// path this overflows the stack of an ordinary thread and kills the JVM.
  private static final long STACK_BYTES = 256L << 20;

  private static final OrtEnvironment ENVIRONMENT = create();

  private RuntimeEnvironment() {}

  static OrtEnvironment get() {
    return ENVIRONMENT;
  }

  private static OrtEnvironment create() {
    Creation creation = new Creation();
    Thread thread = new Thread(null, creation, "onnxruntime-start", STACK_BYTES);
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
    return creation.result();
  }

  private static final class Creation implements Runnable {

    private @Nullable OrtEnvironment environment;
    private @Nullable Throwable failure;

    @Override
    public void run() {
      try {
        environment = OrtEnvironment.getEnvironment("chronoscope");
      } catch (RuntimeException | LinkageError e) {
        failure = e;
      }
    }

    OrtEnvironment result() {
      if (environment == null) {
        throw new OnnxRuntimeException(
            "ONNX Runtime's native library cannot be loaded on this machine ("
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ")",
            failure == null ? new IllegalStateException("no environment") : failure);
      }
      return environment;
    }
  }
}
