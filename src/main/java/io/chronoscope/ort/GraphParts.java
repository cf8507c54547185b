package io.chronoscope.ort;

import io.chronoscope.ort.capi.OrtSession;
import io.chronoscope.ort.capi.OrtValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The compiled parts of a graph, which run one after another; usually it is one. Thread-safe. Owns
/// their sessions.
record GraphParts(List<Part> parts) implements AutoCloseable {

  /// @param passed outputs that are inputs of later parts
  record Part(OrtSession session, Names inputs, Names outputs, Set<String> passed) {}

  /// Names of inputs or of outputs.
  sealed interface Names {

    boolean contains(String name);

    /// Those of a graph that is the only part: all that there are.
    record All() implements Names {
      @Override
      public boolean contains(String name) {
        return true;
      }
    }

    record Of(Set<String> names) implements Names {
      @Override
      public boolean contains(String name) {
        return names.contains(name);
      }
    }
  }

  /// A graph in one part.
  static GraphParts whole(OrtSession session) {
    return new GraphParts(List.of(new Part(session, new Names.All(), new Names.All(), Set.of())));
  }

  /// @param sessions of `graphs`, in their order
  static GraphParts of(List<OrtSession> sessions, List<Graph> graphs) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < graphs.size(); i++) {
      Graph graph = graphs.get(i);
      Set<String> passed = new HashSet<>();
      graphs.stream().skip(i + 1L).map(Graph::inputNames).forEach(passed::addAll);
      passed.retainAll(graph.outputNames());
      parts.add(
          new Part(
              sessions.get(i),
              new Names.Of(graph.inputNames()),
              new Names.Of(graph.outputNames()),
              passed));
    }
    return new GraphParts(List.copyOf(parts));
  }

  PartBindings bind() {
    return new PartBindings(this);
  }

  /// Computes outputs.
  ///
  /// @param outputs names to compute into tensors that the runtime allocates in host memory
  /// @param into names to compute into tensors of the caller
  /// @return `outputs` by name; the caller closes them
  Map<String, OrtValue> run(
      Map<String, OrtValue> inputs, Set<String> outputs, Map<String, OrtValue> into) {
    Map<String, OrtValue> known = new LinkedHashMap<>(inputs);
    Map<String, OrtValue> results = new LinkedHashMap<>();
    List<OrtValue> passedOn = new ArrayList<>();
    try {
      for (Part part : parts) {
        part.session()
            .run(
                within(part.inputs(), known),
                Stream.concat(outputs.stream(), part.passed().stream())
                    .filter(part.outputs()::contains)
                    .distinct()
                    .toList(),
                within(part.outputs(), into))
            .forEach((name, value) -> {
              if (outputs.contains(name)) {
                results.put(name, value);
              } else {
                passedOn.add(value);
              }
              known.put(name, value);
            });
      }
      return results;
    } catch (RuntimeException e) {
      results.values().forEach(OrtValue::close);
      throw e;
    } finally {
      passedOn.forEach(OrtValue::close);
    }
  }

  private static Map<String, OrtValue> within(Names names, Map<String, OrtValue> values) {
    Map<String, OrtValue> own = new LinkedHashMap<>(values);
    own.keySet().removeIf(name -> !names.contains(name));
    return own;
  }

  @Override
  public void close() {
    parts.forEach(part -> part.session().close());
  }
}
