package io.chronoscope.cli.console;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.Optional;

/// Says when other work on the machine disturbs what a benchmark measures.
public final class BusyMachine {

  /// Load average for each core above which other work disturbs the figures.
  private static final double BUSY_SHARE = 0.5;

  private BusyMachine() {}

  /// @return empty when the machine is idle enough
  public static Optional<String> warning() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    double load = system.getSystemLoadAverage();
    return load > system.getAvailableProcessors() * BUSY_SHARE
        ? Optional.of(
            "this machine is busy (load average %s, %d cores): the figures are worth little"
                .formatted(Decimals.of(load, 1), system.getAvailableProcessors()))
        : Optional.empty();
  }
}
