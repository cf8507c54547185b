package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtRunOptions;
import io.chronoscope.ort.capi.OrtStatusException;
import io.chronoscope.ort.capi.OrtValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Inputs and outputs of a session that stay where they are from run to run, on the device that it
/// computes on: nothing is copied but what the caller copies, and small inputs. Not thread-safe.
/// Closed before the session.
///
/// An output may be written into a tensor that is an input at the same time, if the graph's
/// operator allows it: a KV cache whose past and present are one buffer.
public final class Binding implements AutoCloseable {

  private final String graph;
  private final PartBindings binding;
  private final SessionMemory memory;
  private final Optional<OrtRunOptions> ordinary;
  private final Map<String, NativeTensor> hostInputs = new HashMap<>();
  private final Map<String, Memory> allocated = new HashMap<>();

  /// @param graph name of the session's graph, for messages
  /// @param memory of the session
  /// @param ordinary options of a run that is not captured
  Binding(
      String graph, PartBindings binding, SessionMemory memory, Optional<OrtRunOptions> ordinary) {
    this.graph = graph;
    this.binding = binding;
    this.memory = memory;
    this.ordinary = ordinary;
  }

  /// Binds an input, in place of an earlier tensor of that name. A tensor in host memory may be
  /// rewritten before any run; one in device memory is read where it is.
  ///
  /// @param tensor stays the caller's and open
  public Binding input(String name, NativeTensor tensor) {
    if (memory.copiesInputs() && tensor.placement() != Memory.DEVICE) {
      // Each run binds it.
      hostInputs.put(name, tensor);
    } else {
      hostInputs.remove(name);
      attempt("input " + name, () -> binding.input(name, tensor.value()));
    }
    return this;
  }

  /// Binds an output to a tensor that runs write, in place of an earlier one.
  ///
  /// @param tensor stays the caller's and open
  public Binding output(String name, NativeTensor tensor) {
    attempt("output " + name, () -> binding.output(name, tensor.value()));
    allocated.remove(name);
    return this;
  }

  /// Lets each run allocate an output, for [#take].
  public Binding output(String name, Memory placement) {
    attempt("output " + name, () -> binding.output(name, memory.storage(placement).info()));
    allocated.put(name, placement);
    return this;
  }

  /// Runs the graph and waits for its outputs.
  ///
  /// @throws OnnxRuntimeException when the run fails
  public void run() {
    run(ordinary);
  }

  void run(Optional<OrtRunOptions> options) {
    // The runtime copies a host tensor to the device when it is bound.
    hostInputs.forEach(
        (name, tensor) -> attempt("input " + name, () -> binding.input(name, tensor.value())));
    attempt("run", () -> binding.run(options));
  }

  /// An output that the last run allocated.
  ///
  /// @return the caller closes it
  public NativeTensor take(String name) {
    Memory placement = allocated.get(name);
    if (placement == null) {
      throw new IllegalArgumentException(name + " is not an output that runs allocate");
    }
    Map<String, OrtValue> outputs = binding.outputs();
    OrtValue value = outputs.remove(name);
    outputs.values().forEach(OrtValue::close);
    if (value == null) {
      throw new IllegalStateException("the session has not computed " + name);
    }
    return NativeTensor.ofOutput(value, memory.storage(placement));
  }

  private void attempt(String what, Runnable call) {
    try {
      call.run();
    } catch (OrtStatusException e) {
      throw new OnnxRuntimeException(
          "the %s graph, %s: %s".formatted(graph, what, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    binding.close();
  }
}
