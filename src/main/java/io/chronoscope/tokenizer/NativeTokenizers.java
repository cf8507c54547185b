package io.chronoscope.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;

/// Prepares Hugging Face's own `tokenizers`, to which this package delegates through DJL.
///
/// By default DJL reports its use to a server, queries a cloud's metadata address, and on a machine
/// with CUDA downloads another build of the native library. DJL is therefore switched to offline
/// mode and opted out of tracking before anything of it is loaded (the system properties
/// `ai.djl.offline` and `OPT_OUT_TRACKING` override both). The native library is unpacked from its
/// jar once, to `~/.cache/chronoscope/tokenizers` or, if the home directory is not writable, to
/// `.djl.ai/tokenizers` in the temporary directory; `DJL_CACHE_DIR` or `ENGINE_CACHE_DIR`
/// (environment or system property) change the location. Nothing else is written, apart from what
/// JNA unpacks to its own temporary directory while DJL probes for CUDA.
final class NativeTokenizers {

  private NativeTokenizers() {}

  /// Must be called before any class of DJL is loaded.
  static void prepare() {
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("OPT_OUT_TRACKING", "true");
    Path home = Path.of(System.getProperty("user.home", ""));
    boolean chosen = isSet("DJL_CACHE_DIR") || isSet("ENGINE_CACHE_DIR");
    if (!chosen && Files.isWritable(home)) {
      System.setProperty("DJL_CACHE_DIR", home.resolve(".cache/chronoscope").toString());
    }
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static boolean isSet(String name) {
    return System.getenv(name) != null || System.getProperty(name) != null;
  }
}
