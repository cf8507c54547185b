package io.chronoscope.cli.chaos;

import io.chronoscope.config.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// All faults, in the order in which they are run.
final class Faults {

  private Faults() {}

  /// @param outage how long the broker is away in the fault `broker-away`
  static List<Fault> all(Duration outage) {
    return Stream.of(
            KillFaults.all(),
            BrokerFaults.all(outage),
            MediaFaults.all(),
            StreamFaults.all(),
            ProcessFaults.all(),
            SourceFaults.all())
        .flatMap(List::stream)
        .toList();
  }

  /// @param names as on the command line; none for all
  /// @throws ConfigurationException when there is no fault of a name
  static List<Fault> named(List<String> names, Duration outage) {
    List<Fault> all = all(outage);
    if (names.isEmpty()) {
      return all;
    }
    return names.stream()
        .map(name ->
            all.stream()
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                    new ConfigurationException(
                        "there is no fault `%s`; `chronoscope chaos --list` shows all"
                            .formatted(name))))
        .toList();
  }
}
