package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/// How a session is compiled and run. Not thread-safe.
public final class OrtSessionOptions extends NativeObject {

  private static final int LOG_ERRORS = 3;
  private static final int ALL_OPTIMIZATIONS = 99;

  private OrtSessionOptions(OrtApi api, long address) {
    super(api, OrtFunction.RELEASE_SESSION_OPTIONS, address);
  }

  /// Options with all graph optimizations, operators one after another, and only errors logged:
  /// warnings name the graph's internals, and what fails is thrown.
  public static OrtSessionOptions create(OrtApi api) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(api.call(OrtFunction.CREATE_SESSION_OPTIONS, out.address()));
      OrtSessionOptions options = new OrtSessionOptions(api, out.get(JAVA_LONG, 0));
      options.set(OrtFunction.SET_SESSION_GRAPH_OPTIMIZATION_LEVEL, ALL_OPTIMIZATIONS);
      options.set(OrtFunction.SET_SESSION_LOG_SEVERITY_LEVEL, LOG_ERRORS);
      return options;
    }
  }

  private void set(OrtFunction function, int value) {
    api().check(api().call(function, address(), value));
  }

  /// @param threads that share one operator; 0 leaves it to the runtime
  public OrtSessionOptions intraOpThreads(int threads) {
    set(OrtFunction.SET_INTRA_OP_NUM_THREADS, threads);
    return this;
  }

  /// Plans memory anew for each run instead of keeping a plan for each combination of shapes.
  public OrtSessionOptions withoutMemoryPatterns() {
    api().check(api().call(OrtFunction.DISABLE_MEM_PATTERN, address()));
    return this;
  }

  public OrtSessionOptions config(String key, String value) {
    try (Arena arena = Arena.ofConfined()) {
      api()
          .check(
              api()
                  .call(
                      OrtFunction.ADD_SESSION_CONFIG_ENTRY,
                      address(),
                      arena.allocateFrom(key).address(),
                      arena.allocateFrom(value).address()));
      return this;
    }
  }

  /// Gives initializers that the model declares as external their data. The session shares the
  /// values, which may be closed once it is created; their memory must outlive the session.
  public OrtSessionOptions initializers(Map<String, OrtValue> initializers) {
    try (Arena arena = Arena.ofConfined()) {
      List<Map.Entry<String, OrtValue>> entries = List.copyOf(initializers.entrySet());
      MemorySegment names = arena.allocate(ADDRESS, Math.max(1, entries.size()));
      MemorySegment values = arena.allocate(ADDRESS, Math.max(1, entries.size()));
      for (int i = 0; i < entries.size(); i++) {
        names.setAtIndex(ADDRESS, i, arena.allocateFrom(entries.get(i).getKey()));
        values.setAtIndex(JAVA_LONG, i, entries.get(i).getValue().address());
      }
      api()
          .check(
              api()
                  .call(
                      OrtFunction.ADD_EXTERNAL_INITIALIZERS,
                      address(),
                      names.address(),
                      values.address(),
                      entries.size()));
      return this;
    }
  }

  /// Has the session read an initializer where it is instead of loading it from its file, which
  /// must hold the same data all the same. Its memory must outlive the session, the value only the
  /// session's creation.
  public OrtSessionOptions share(String initializer, OrtValue value) {
    try (Arena arena = Arena.ofConfined()) {
      api()
          .check(
              api()
                  .call(
                      OrtFunction.ADD_INITIALIZER,
                      address(),
                      arena.allocateFrom(initializer).address(),
                      value.address()));
      return this;
    }
  }

  /// Computes on an NVIDIA GPU.
  ///
  /// @param options of the provider, such as `device_id`
  /// @throws OrtStatusException when the library was built without CUDA, or the GPU, its driver or
  ///   a library that the provider needs is missing
  public OrtSessionOptions cuda(Map<String, String> options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api().check(api().call(OrtFunction.CREATE_CUDA_PROVIDER_OPTIONS, out.address()));
      long cuda = out.get(JAVA_LONG, 0);
      try {
        List<Map.Entry<String, String>> entries = List.copyOf(options.entrySet());
        MemorySegment keys = arena.allocate(ADDRESS, Math.max(1, entries.size()));
        MemorySegment values = arena.allocate(ADDRESS, Math.max(1, entries.size()));
        for (int i = 0; i < entries.size(); i++) {
          keys.setAtIndex(ADDRESS, i, arena.allocateFrom(entries.get(i).getKey()));
          values.setAtIndex(ADDRESS, i, arena.allocateFrom(entries.get(i).getValue()));
        }
        api()
            .check(
                api()
                    .call(
                        OrtFunction.UPDATE_CUDA_PROVIDER_OPTIONS,
                        cuda,
                        keys.address(),
                        values.address(),
                        entries.size()));
        api().check(api().call(OrtFunction.APPEND_EXECUTION_PROVIDER_CUDA_V2, address(), cuda));
      } finally {
        api().release(OrtFunction.RELEASE_CUDA_PROVIDER_OPTIONS, cuda);
      }
      return this;
    }
  }
}
