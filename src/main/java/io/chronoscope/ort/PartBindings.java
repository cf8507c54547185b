package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtIoBinding;
import io.chronoscope.ort.capi.OrtMemoryInfo;
import io.chronoscope.ort.capi.OrtRunOptions;
import io.chronoscope.ort.capi.OrtValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// The inputs and outputs of the parts of a graph. Not thread-safe.
final class PartBindings implements AutoCloseable {

  private record Bound(GraphParts.Part part, OrtIoBinding binding) {}

  private final List<Bound> parts = new ArrayList<>();

  /// Where parts compute what they pass on.
  private final OrtMemoryInfo passing = RuntimeEnvironment.get().hostMemory();

  PartBindings(GraphParts graph) {
    for (GraphParts.Part part : graph.parts()) {
      parts.add(new Bound(part, OrtIoBinding.of(part.session())));
    }
  }

  /// Binds an input of all parts that have it.
  ///
  /// @throws IllegalArgumentException when none has it
  void input(String name, OrtValue value) {
    bind("input", name, GraphParts.Part::inputs, binding -> binding.input(name, value));
  }

  /// Binds an output to a tensor that runs write.
  ///
  /// @throws IllegalArgumentException when no part has it
  void output(String name, OrtValue value) {
    bind("output", name, GraphParts.Part::outputs, binding -> binding.output(name, value));
  }

  /// Lets the runtime allocate an output at each run.
  ///
  /// @throws IllegalArgumentException when no part has it
  void output(String name, OrtMemoryInfo memory) {
    bind("output", name, GraphParts.Part::outputs, binding -> binding.output(name, memory));
  }

  private void bind(
      String kind,
      String name,
      Function<GraphParts.Part, GraphParts.Names> names,
      Consumer<OrtIoBinding> bind) {
    List<Bound> owners =
        parts.stream().filter(bound -> names.apply(bound.part()).contains(name)).toList();
    if (owners.isEmpty()) {
      throw new IllegalArgumentException("no part of the graph has an %s %s".formatted(kind, name));
    }
    owners.forEach(bound -> bind.accept(bound.binding()));
  }

  /// Runs the parts in their order and waits for the outputs.
  void run(Optional<OrtRunOptions> options) {
    for (int i = 0; i < parts.size(); i++) {
      Bound bound = parts.get(i);
      // Bound once, the next run would write into this run's tensor, which may be too small.
      bound.part().passed().forEach(name -> bound.binding().output(name, passing));
      bound.binding().run(options);
      if (!bound.part().passed().isEmpty()) {
        pass(bound, parts.subList(i + 1, parts.size()));
      }
    }
  }

  private static void pass(Bound from, List<Bound> later) {
    from.binding()
        .outputs()
        .forEach((name, value) -> {
          // The bindings share the value.
          try (value) {
            if (from.part().passed().contains(name)) {
              later.stream()
                  .filter(bound -> bound.part().inputs().contains(name))
                  .forEach(bound -> bound.binding().input(name, value));
            }
          }
        });
  }

  /// The outputs of the last run, by name, each as a value that shares the output's memory.
  ///
  /// @return all bound outputs; the caller closes them
  Map<String, OrtValue> outputs() {
    Map<String, OrtValue> outputs = new LinkedHashMap<>();
    parts.forEach(bound -> outputs.putAll(bound.binding().outputs()));
    return outputs;
  }

  @Override
  public void close() {
    parts.forEach(bound -> bound.binding().close());
  }
}
