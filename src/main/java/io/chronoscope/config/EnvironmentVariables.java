package io.chronoscope.config;

import io.chronoscope.domain.Spelling;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The environment variables that Chronoscope reads, to find misspelt ones: a variable that no
/// setting has would otherwise be ignored silently.
public final class EnvironmentVariables {

  private static final String PREFIX = "CHRONOSCOPE_";

  /// Read by the launcher, the command line or the tests, not settings.
  private static final Set<String> OTHERS =
      Set.of(
          "CHRONOSCOPE_HOME",
          "CHRONOSCOPE_JAVA_HOME",
          "CHRONOSCOPE_JAVA_OPTS",
          "CHRONOSCOPE_START_CACHE",
          "CHRONOSCOPE_TRACE",
          "CHRONOSCOPE_BROWSER",
          "CHRONOSCOPE_ADVISORIES");

  private EnvironmentVariables() {}

  /// One line for each variable that looks like a setting of Chronoscope, but is none.
  ///
  /// @param names of all environment variables
  public static List<String> unknown(Collection<String> names) {
    List<String> candidates =
        names.stream()
            .filter(name -> name.toUpperCase(Locale.ROOT).startsWith(PREFIX))
            .sorted()
            .toList();
    if (candidates.isEmpty()) {
      return List.of();
    }
    Set<String> known = known();
    return candidates.stream()
        .filter(name -> !isKnown(name, known))
        .map(name ->
            "environment variable %s is not a setting and is ignored%s"
                .formatted(name, suggestion(name, known)))
        .toList();
  }

  /// The setting whose name is closest to a misspelt one, such as `chronoscope.model`.
  static Optional<String> settingLike(String name) {
    Map<String, String> settings = new TreeMap<>();
    addSettings("chronoscope", ChronoscopeConfig.class, settings);
    return Spelling.nearest(variable(name), settings.keySet()).map(settings::get);
  }

  private static Set<String> known() {
    Set<String> known = new TreeSet<>(OTHERS);
    Map<String, String> settings = new TreeMap<>();
    addSettings("chronoscope", ChronoscopeConfig.class, settings);
    known.addAll(settings.keySet());
    RenamedSettings.FORMER_NAMES.values().forEach(former -> known.add(variable(former)));
    return known;
  }

  /// @param names receives the settings' names by their variables
  private static void addSettings(String prefix, Class<?> group, Map<String, String> names) {
    for (Method setting : group.getDeclaredMethods()) {
      String name =
          prefix + "." + setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      Class<?> type = setting.getReturnType();
      if (setting.isSynthetic()) {
        continue;
      }
      if (type.isInterface() && type.getEnclosingClass() == ChronoscopeConfig.class) {
        addSettings(name, type, names);
      } else {
        // The keys of a map are the user's own.
        names.put(variable(name) + (type == Map.class ? "_*" : ""), name);
      }
    }
  }

  private static String variable(String setting) {
    return setting.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  private static boolean isKnown(String name, Set<String> known) {
    return known.contains(name)
        || known.stream()
            .filter(one -> one.endsWith("*"))
            .anyMatch(one -> name.startsWith(one.substring(0, one.length() - 1)));
  }

  private static String suggestion(String name, Set<String> known) {
    return Spelling.nearest(name.toUpperCase(Locale.ROOT), known)
        .map(one -> "; did you mean " + one + "?")
        .orElse("; docs/reference/settings.md lists all");
  }
}
