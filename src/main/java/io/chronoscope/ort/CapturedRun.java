package io.chronoscope.ort;

import java.util.List;

/// Runs one [Binding] again and again, with tensors that never change their places or shapes. On
/// CUDA the first run captures the session's kernels as a graph, and later runs launch them all at
/// once, so that the host no longer launches hundreds of operators one by one. Elsewhere runs are
/// ordinary. Not thread-safe.
///
/// The run that captures executes the kernels more than once. That is harmless for what a run
/// writes without reading, and for a KV cache whose entry is written again; a tensor that a run
/// advances, such as a counter, is `state`, which is set back afterwards. Numbers that the host
/// reads while it launches, such as a total length, are those of the capture forever.
public final class CapturedRun {

  /// How runs are executed.
  enum Execution {
    /// Each run launches its operators.
    ORDINARY,
    /// The first run captures, later ones replay.
    CAPTURING
  }

  private final Runnable run;
  private final Session session;
  private final List<NativeTensor> state;
  private boolean captured;

  /// @param run executes the graph
  /// @param session allocates the copies of `state`
  /// @param state tensors that a run both reads and writes
  CapturedRun(Runnable run, Session session, Execution execution, List<NativeTensor> state) {
    this.run = run;
    this.session = session;
    this.state = List.copyOf(state);
    this.captured = execution == Execution.ORDINARY;
  }

  /// Runs the graph and waits for its outputs.
  ///
  /// @throws OnnxRuntimeException when the run fails
  public void run() {
    if (!captured) {
      capture();
      captured = true;
    }
    run.run();
  }

  private void capture() {
    List<NativeTensor> before = state.stream().map(this::copy).toList();
    try {
      run.run();
      for (int i = 0; i < before.size(); i++) {
        state.get(i).copyFrom(before.get(i));
      }
    } finally {
      before.forEach(NativeTensor::close);
    }
  }

  private NativeTensor copy(NativeTensor tensor) {
    NativeTensor copy = session.allocate(Memory.DEVICE, tensor.type(), tensor.shape());
    copy.copyFrom(tensor);
    return copy;
  }
}
