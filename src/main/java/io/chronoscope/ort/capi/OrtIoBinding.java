package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The inputs and outputs of a session's runs, which stay where they are from run to run. Not
/// thread-safe. The runtime's binding shares the values, so they may be closed after it.
public final class OrtIoBinding extends NativeObject {

  private final OrtSession session;

  private OrtIoBinding(OrtSession session, long address) {
    super(session.api(), OrtFunction.RELEASE_IO_BINDING, address);
    this.session = session;
  }

  public static OrtIoBinding of(OrtSession session) {
    OrtApi api = session.api();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(api.call(OrtFunction.CREATE_IO_BINDING, session.address(), out.address()));
      return new OrtIoBinding(session, out.get(JAVA_LONG, 0));
    }
  }

  /// Binds an input. A tensor that is not where the session reads it is copied there now, and once.
  public void input(String name, OrtValue value) {
    bind(OrtFunction.BIND_INPUT, name, value);
  }

  /// Binds an output to a tensor that runs write.
  public void output(String name, OrtValue value) {
    bind(OrtFunction.BIND_OUTPUT, name, value);
  }

  /// Lets the runtime allocate an output at each run.
  public void output(String name, OrtMemoryInfo memory) {
    bind(OrtFunction.BIND_OUTPUT_TO_DEVICE, name, memory);
  }

  private void bind(OrtFunction function, String name, NativeObject target) {
    api().check(api().call(function, address(), session.name(name), target.address()));
  }

  /// Runs the session and waits for the outputs.
  public void run(Optional<OrtRunOptions> options) {
    api().check(api().call(OrtFunction.SYNCHRONIZE_BOUND_INPUTS, address()));
    api()
        .check(
            api()
                .call(
                    OrtFunction.RUN_WITH_BINDING,
                    session.address(),
                    options.map(OrtRunOptions::address).orElse(0L),
                    address()));
    api().check(api().call(OrtFunction.SYNCHRONIZE_BOUND_OUTPUTS, address()));
  }

  /// The outputs of the last run, by name, each as a value that shares the output's memory.
  ///
  /// @return all bound outputs; the caller closes them
  public Map<String, OrtValue> outputs() {
    long allocator = OrtAllocator.defaultAddress(api());
    List<String> names = outputNames(allocator);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = arena.allocate(ADDRESS);
      MemorySegment count = arena.allocate(JAVA_LONG);
      api()
          .check(
              api()
                  .call(
                      OrtFunction.GET_BOUND_OUTPUT_VALUES,
                      address(),
                      allocator,
                      array.address(),
                      count.address()));
      Map<String, OrtValue> outputs = new LinkedHashMap<>();
      int found = (int) count.get(JAVA_LONG, 0);
      if (found > 0) {
        MemorySegment values = array.get(ADDRESS, 0).reinterpret(found * ADDRESS.byteSize());
        for (int i = 0; i < found; i++) {
          outputs.put(names.get(i), new OrtValue(api(), values.getAtIndex(JAVA_LONG, i)));
        }
        free(allocator, array);
      }
      return outputs;
    }
  }

  /// In the order of the values. The runtime returns the names one after another, unseparated, with
  /// their lengths.
  private List<String> outputNames(long allocator) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(ADDRESS);
      MemorySegment lengths = arena.allocate(ADDRESS);
      MemorySegment count = arena.allocate(JAVA_LONG);
      api()
          .check(
              api()
                  .call(
                      OrtFunction.GET_BOUND_OUTPUT_NAMES,
                      address(),
                      allocator,
                      text.address(),
                      lengths.address(),
                      count.address()));
      List<String> names = new ArrayList<>();
      int found = (int) count.get(JAVA_LONG, 0);
      if (found > 0) {
        MemorySegment sizes = lengths.get(ADDRESS, 0).reinterpret(found * JAVA_LONG.byteSize());
        long at = 0;
        MemorySegment all = text.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE);
        for (int i = 0; i < found; i++) {
          long length = sizes.getAtIndex(JAVA_LONG, i);
          byte[] bytes = all.asSlice(at, length).toArray(JAVA_BYTE);
          names.add(new String(bytes, UTF_8));
          at += length;
        }
        free(allocator, text);
        free(allocator, lengths);
      }
      return names;
    }
  }

  private void free(long allocator, MemorySegment pointer) {
    api().check(api().call(OrtFunction.ALLOCATOR_FREE, allocator, pointer.get(JAVA_LONG, 0)));
  }
}
