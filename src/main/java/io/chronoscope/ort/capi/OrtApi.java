package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The function table of one loaded library of ONNX Runtime, which stays loaded until the process
/// ends. Thread-safe.
public final class OrtApi {

  /// The first version of the table that has every function used here; later libraries return it,
  /// too.
  private static final int API_VERSION = 17;

  private static final int LOG_ERRORS = 3;

  private final MemorySegment table;
  private final String version;
  private final String buildInfo;

  private OrtApi(String version, MemorySegment table) {
    this.version = version;
    this.table = table;
    this.buildInfo = string(call(OrtFunction.GET_BUILD_INFO_STRING));
  }

  /// Loads a library.
  ///
  /// @throws IllegalArgumentException when it cannot be loaded, is not ONNX Runtime, or is too old
  public static OrtApi load(Path library) {
    refuseTelemetry();
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    MemorySegment getApiBase =
        symbols
            .find("OrtGetApiBase")
            .orElseThrow(() ->
                new IllegalArgumentException(library + " is not ONNX Runtime: no OrtGetApiBase"));
    // The function has no parameters; one that nobody reads does no harm.
    MemorySegment base = struct(NativeCalls.call(getApiBase, 0), 2);
    String version = string(NativeCalls.call(base.getAtIndex(ADDRESS, 1), 0));
    long table = NativeCalls.call(base.getAtIndex(ADDRESS, 0), API_VERSION);
    if (table == 0) {
      throw new IllegalArgumentException(
          "%s is ONNX Runtime %s, which is too old: its C interface has no version %d"
              .formatted(library, version, API_VERSION));
    }
    return new OrtApi(version, struct(table, OrtFunction.TABLE_LENGTH));
  }

  /// From 1.29 on ONNX Runtime reports its use to its vendor unless this variable is set when the
  /// environment is created.
  private static void refuseTelemetry() {
    Optional<MemorySegment> setVariable = Linker.nativeLinker().defaultLookup().find("setenv");
    if (setVariable.isPresent()) {
      try (Arena arena = Arena.ofConfined()) {
        NativeCalls.call(
            setVariable.get(),
            arena.allocateFrom("ORT_DISABLE_TELEMETRY").address(),
            arena.allocateFrom("1").address(),
            1);
      }
    }
  }

  private static MemorySegment struct(long address, long pointers) {
    return MemorySegment.ofAddress(address).reinterpret(pointers * ADDRESS.byteSize());
  }

  /// The library's version, such as `1.29.0`.
  public String version() {
    return version;
  }

  /// What the library says about its build: commit, build type, flags.
  public String buildInfo() {
    return buildInfo;
  }

  /// Execution providers compiled into the library, such as `CPUExecutionProvider`.
  public List<String> providers() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = arena.allocate(ADDRESS);
      MemorySegment length = arena.allocate(JAVA_INT);
      check(call(OrtFunction.GET_AVAILABLE_PROVIDERS, array.address(), length.address()));
      long names = array.get(JAVA_LONG, 0);
      int count = length.get(JAVA_INT, 0);
      MemorySegment pointers = struct(names, count);
      List<String> providers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        providers.add(string(pointers.getAtIndex(JAVA_LONG, i)));
      }
      check(call(OrtFunction.RELEASE_AVAILABLE_PROVIDERS, names, count));
      return providers;
    }
  }

  /// Creates the environment that sessions need, without telemetry. There is one in a process; it
  /// is never released.
  ///
  /// @return its address
  public long createEnvironment(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check(
          call(
              OrtFunction.CREATE_ENV,
              LOG_ERRORS,
              arena.allocateFrom(name).address(),
              out.address()));
      long environment = out.get(JAVA_LONG, 0);
      check(call(OrtFunction.DISABLE_TELEMETRY_EVENTS, environment));
      return environment;
    }
  }

  private MemorySegment at(OrtFunction function) {
    return table.getAtIndex(ADDRESS, function.index());
  }

  long call(OrtFunction function) {
    return NativeCalls.call(at(function), 0);
  }

  long call(OrtFunction function, long a) {
    return NativeCalls.call(at(function), a);
  }

  long call(OrtFunction function, long a, long b) {
    return NativeCalls.call(at(function), a, b);
  }

  long call(OrtFunction function, long a, long b, long c) {
    return NativeCalls.call(at(function), a, b, c);
  }

  long call(OrtFunction function, long a, long b, long c, long d) {
    return NativeCalls.call(at(function), a, b, c, d);
  }

  long call(OrtFunction function, long a, long b, long c, long d, long e) {
    return NativeCalls.call(at(function), a, b, c, d, e);
  }

  long call(OrtFunction function, long a, long b, long c, long d, long e, long f, long g) {
    return NativeCalls.call(at(function), a, b, c, d, e, f, g);
  }

  long call(OrtFunction function, long a, long b, long c, long d, long e, long f, long g, long h) {
    return NativeCalls.call(at(function), a, b, c, d, e, f, g, h);
  }

  /// @param status what a function returned: 0, or the address of a status that is released here
  /// @throws OrtStatusException when it is an error
  void check(long status) {
    if (status == 0) {
      return;
    }
    int code = (int) call(OrtFunction.GET_ERROR_CODE, status);
    String message = string(call(OrtFunction.GET_ERROR_MESSAGE, status));
    call(OrtFunction.RELEASE_STATUS, status);
    throw new OrtStatusException(code, message);
  }

  void release(OrtFunction function, long address) {
    call(function, address);
  }

  static String string(long address) {
    return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
  }
}
