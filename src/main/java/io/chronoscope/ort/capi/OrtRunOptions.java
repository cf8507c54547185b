package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/// Options of runs. May serve many runs.
public final class OrtRunOptions extends NativeObject {

  private OrtRunOptions(OrtApi api, long address) {
    super(api, OrtFunction.RELEASE_RUN_OPTIONS, address);
  }

  /// @param entries such as `gpu_graph_id`
  public static OrtRunOptions create(OrtApi api, Map<String, String> entries) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      api.check(api.call(OrtFunction.CREATE_RUN_OPTIONS, out.address()));
      OrtRunOptions options = new OrtRunOptions(api, out.get(JAVA_LONG, 0));
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        api.check(
            api.call(
                OrtFunction.ADD_RUN_CONFIG_ENTRY,
                options.address(),
                arena.allocateFrom(entry.getKey()).address(),
                arena.allocateFrom(entry.getValue()).address()));
      }
      return options;
    }
  }
}
