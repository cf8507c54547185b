package io.chronoscope.qwen.decoder;

import io.chronoscope.ort.Binding;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Memory;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import java.util.ArrayList;
import java.util.List;

/// The tensors of runs of [StepGraph], bound where they are: the KV cache stays on the device, the
/// rest is small and in host memory. Owns what is bound, except for the cache's memory.
final class StepTensors implements AutoCloseable {

  private final Binding binding;
  private final Session session;
  private final List<NativeTensor> tensors = new ArrayList<>();

  StepTensors(Session session) {
    this.session = session;
    this.binding = session.bind();
  }

  /// Binds an input.
  ///
  /// @param tensor becomes this object's; may be rewritten before each run
  NativeTensor input(String name, NativeTensor tensor) {
    tensors.add(tensor);
    binding.input(name, tensor);
    return tensor;
  }

  /// Binds an output in host memory.
  ///
  /// @return stays this object's; each run writes it
  NativeTensor output(String name, ElementType type, long... shape) {
    NativeTensor tensor = session.allocate(Memory.PINNED, type, shape);
    tensors.add(tensor);
    binding.output(name, tensor);
    return tensor;
  }

  /// Binds the first rows of a cache, as input and as output.
  void cache(KvCache cache, int rows) {
    List<NativeTensor> views = cache.firstRows(rows);
    tensors.addAll(views);
    for (int i = 0; i < views.size(); i++) {
      String name = i % 2 == 0 ? StepGraph.keys(i / 2) : StepGraph.values(i / 2);
      binding.input(name, views.get(i));
      binding.output(StepGraph.next(name), views.get(i));
    }
  }

  void run() {
    binding.run();
  }

  @Override
  public void close() {
    binding.close();
    tensors.forEach(NativeTensor::close);
  }
}
