package io.chronoscope.ort;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

  private static final Logger LOG = System.getLogger("io.chronoscope.ort");

  private final Runnable ordinary;
  private final Session session;
  private final List<NativeTensor> state;
  private Runnable run;
  private boolean prepared;

  private CapturedRun(
      Runnable ordinary,
      Runnable run,
      Session session,
      List<NativeTensor> state,
      boolean prepared) {
    this.ordinary = ordinary;
    this.run = run;
    this.session = session;
    this.state = List.copyOf(state);
    this.prepared = prepared;
  }

  /// Runs that launch their operators each time.
  ///
  /// @param run executes the graph
  static CapturedRun ordinary(Runnable run, Session session) {
    return new CapturedRun(run, run, session, List.of(), true);
  }

  /// Runs of which the first captures and later ones replay. If capturing fails, runs are ordinary.
  ///
  /// @param ordinary executes the graph without capturing
  /// @param capturing captures the graph, then replays it
  /// @param session allocates the copies of `state`
  /// @param state tensors that a run both reads and writes
  static CapturedRun capturing(
      Runnable ordinary, Runnable capturing, Session session, List<NativeTensor> state) {
    return new CapturedRun(ordinary, capturing, session, state, false);
  }

  /// Runs the graph and waits for its outputs.
  ///
  /// @throws OnnxRuntimeException when the run fails
  public void run() {
    if (!prepared) {
      capture();
      prepared = true;
    }
    run.run();
  }

  private void capture() {
    List<NativeTensor> before = state.stream().map(this::copy).toList();
    try {
      try {
        run.run();
      } catch (OnnxRuntimeException e) {
        LOG.log(
            Level.WARNING,
            "the {0} graph runs without CUDA graphs: {1}",
            session.name(),
            e.getMessage());
        run = ordinary;
      }
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
