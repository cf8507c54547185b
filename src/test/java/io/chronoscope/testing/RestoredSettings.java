package io.chronoscope.testing;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/// The settings of this process, restored when it is closed. A command that runs in the process of
/// a test leaves what its options override behind, for it expects to be the only one.
public final class RestoredSettings implements AutoCloseable {

  private static final Set<String> PREFIXES = Set.of("chronoscope.", "kafka.", "quarkus.");

  private final Map<String, String> before = settings();

  private static Map<String, String> settings() {
    Properties all = System.getProperties();
    return all.stringPropertyNames().stream()
        .filter(name -> PREFIXES.stream().anyMatch(name::startsWith))
        .collect(Collectors.toMap(name -> name, all::getProperty));
  }

  @Override
  public void close() {
    settings().keySet().stream()
        .filter(name -> !before.containsKey(name))
        .forEach(System::clearProperty);
    before.forEach(System::setProperty);
  }
}
