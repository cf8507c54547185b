package io.chronoscope.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts settings under the names that they had before 1.0, from every source, and logs one line
/// for each that is used. If both names are set, the source of higher precedence wins, within one
/// source the current name.
///
/// The service finds this interceptor as a Java service, [ConfigLoader] adds it itself.
public final class RenamedSettings implements ConfigSourceInterceptor {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RenamedSettings.class);

  /// Former names by current ones.
  static final Map<String, String> FORMER_NAMES =
      Map.of(
          "chronoscope.idle-timeout", "chronoscope.idle-time",
          "chronoscope.window.partial-interval", "chronoscope.window.look-every",
          "chronoscope.ordering.allowed-lateness", "chronoscope.disorder.grace",
          "chronoscope.ordering.max-buffered-bytes", "chronoscope.disorder.max-held-bytes",
          "chronoscope.shedding.target-lag", "chronoscope.load.target-lag",
          "chronoscope.shedding.priorities", "chronoscope.load.priorities",
          "chronoscope.cache.max-bytes", "chronoscope.sharing.max-bytes",
          "chronoscope.questions.concurrency", "chronoscope.questions.at-once",
          "chronoscope.questions.max-read-bytes", "chronoscope.questions.max-read",
          "chronoscope.references.retry-timeout", "chronoscope.references.patience");

  private static final Map<String, String> CURRENT_NAMES =
      FORMER_NAMES.entrySet().stream()
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

  /// A process reads its configuration more than once: in a command and in the service it starts.
  private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

  private static volatile Consumer<String> reporter = LOG::warn;

  private final transient Consumer<Use> onUse;

  /// A setting that is set under its former name.
  record Use(String former, String current) {}

  /// Public because the service loader makes it.
  public RenamedSettings() {
    this(RenamedSettings::report);
  }

  /// @param onUse receives every lookup that finds a value under a former name
  RenamedSettings(Consumer<Use> onUse) {
    this.onUse = onUse;
  }

  /// Sends the lines about former names to the output of a command, whose log nobody sees.
  public static void reportTo(Consumer<String> output) {
    reporter = output;
  }

  /// Sends the lines about former names to the log, which is the default.
  public static void reportToLog() {
    reporter = LOG::warn;
  }

  private static void report(Use use) {
    if (REPORTED.add(use.former())) {
      reporter.accept(
          "setting %s is deprecated and will be removed in 1.0; its name is now %s"
              .formatted(use.former(), use.current()));
    }
  }

  @Override
  public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
    ConfigValue value = context.proceed(name);
    String former = FORMER_NAMES.get(name);
    if (former == null) {
      return value;
    }
    ConfigValue fallback = context.proceed(former);
    if (fallback == null
        || (value != null && value.getConfigSourceOrdinal() >= fallback.getConfigSourceOrdinal())) {
      return value;
    }
    onUse.accept(new Use(former, name));
    // Under the former name, which is the one that an error message must show.
    return fallback;
  }

  /// Lists former names as the current ones: the configuration rejects names that it does not know.
  @Override
  public Iterator<String> iterateNames(ConfigSourceInterceptorContext context) {
    Set<String> names = new LinkedHashSet<>();
    for (Iterator<String> all = context.iterateNames(); all.hasNext(); ) {
      String name = all.next();
      names.add(CURRENT_NAMES.getOrDefault(name, name));
    }
    return names.iterator();
  }
}
