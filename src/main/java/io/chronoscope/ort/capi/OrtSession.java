package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A compiled model. Thread-safe; runs may overlap.
public final class OrtSession extends NativeObject {

  private final Arena names = Arena.ofShared();
  private final Map<String, MemorySegment> nameStrings = new ConcurrentHashMap<>();

  private OrtSession(OrtApi api, long address) {
    super(api, OrtFunction.RELEASE_SESSION, address);
  }

  /// Compiles a model.
  ///
  /// @param environment as [OrtApi#createEnvironment] returned it
  /// @param model serialized
  public static OrtSession create(
      OrtApi api, long environment, byte[] model, OrtSessionOptions options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(
          api.call(
              OrtFunction.CREATE_SESSION_FROM_ARRAY,
              environment,
              arena.allocateFrom(JAVA_BYTE, model).address(),
              model.length,
              options.address(),
              out.address()));
      return new OrtSession(api, out.get(JAVA_LONG, 0));
    }
  }

  /// A name as a C string that lives as long as the session.
  long name(String name) {
    return nameStrings.computeIfAbsent(name, names::allocateFrom).address();
  }

  /// Computes outputs.
  ///
  /// @param outputs names to compute into tensors that the runtime allocates in host memory
  /// @param into names to compute into tensors of the caller
  /// @return `outputs` by name; the caller closes them
  public Map<String, OrtValue> run(
      Map<String, OrtValue> inputs, List<String> outputs, Map<String, OrtValue> into) {
    int given = into.size();
    List<String> allOutputs = new ArrayList<>(into.keySet());
    allOutputs.addAll(outputs);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment inputNames = arena.allocate(ADDRESS, Math.max(1, inputs.size()));
      MemorySegment inputValues = arena.allocate(ADDRESS, Math.max(1, inputs.size()));
      int at = 0;
      for (Map.Entry<String, OrtValue> input : inputs.entrySet()) {
        inputNames.setAtIndex(JAVA_LONG, at, name(input.getKey()));
        inputValues.setAtIndex(JAVA_LONG, at++, input.getValue().address());
      }
      MemorySegment outputNames = arena.allocate(ADDRESS, Math.max(1, allOutputs.size()));
      MemorySegment outputValues = arena.allocate(ADDRESS, Math.max(1, allOutputs.size()));
      for (int i = 0; i < allOutputs.size(); i++) {
        String name = allOutputs.get(i);
        outputNames.setAtIndex(JAVA_LONG, i, name(name));
        OrtValue target = into.get(name);
        outputValues.setAtIndex(JAVA_LONG, i, target == null ? 0 : target.address());
      }
      api()
          .check(
              api()
                  .call(
                      OrtFunction.RUN,
                      address(),
                      0,
                      inputNames.address(),
                      inputValues.address(),
                      inputs.size(),
                      outputNames.address(),
                      allOutputs.size(),
                      outputValues.address()));
      Map<String, OrtValue> results = new LinkedHashMap<>();
      for (int i = given; i < allOutputs.size(); i++) {
        results.put(allOutputs.get(i), new OrtValue(api(), outputValues.getAtIndex(JAVA_LONG, i)));
      }
      return results;
    }
  }

  @Override
  public void close() {
    boolean open = !isClosed();
    super.close();
    if (open) {
      names.close();
    }
  }
}
