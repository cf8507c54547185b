package io.chronoscope.config;

import io.smallrye.config.WithDefault;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The settings that [ChronoscopeConfig] declares.
final class DeclaredSettings {

  private DeclaredSettings() {}

  /// All names with their defaults; empty for a setting without one.
  static Map<String, String> defaults() {
    Map<String, String> defaults = new TreeMap<>();
    collect("chronoscope", ChronoscopeConfig.class, defaults);
    return defaults;
  }

  private static void collect(String prefix, Class<?> group, Map<String, String> defaults) {
    for (Method setting : group.getDeclaredMethods()) {
      if (setting.isSynthetic()) {
        continue;
      }
      String name =
          prefix + "." + setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      if (setting.getReturnType().getEnclosingClass() == ChronoscopeConfig.class) {
        collect(name, setting.getReturnType(), defaults);
      } else {
        WithDefault given = setting.getAnnotation(WithDefault.class);
        defaults.put(name, given == null ? "" : given.value());
      }
    }
  }
}
