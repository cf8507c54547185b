package io.chronoscope.cli.bench.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Times work on the wall clock and on the CPU.
///
/// @param wallNanos time since a fixed but arbitrary origin
/// @param cpuNanos CPU time of all threads so far
record Stopwatch(LongSupplier wallNanos, LongSupplier cpuNanos) {

  /// The clocks of this process.
  static Stopwatch ofProcess() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Stopwatch(System::nanoTime, system::getProcessCpuTime);
  }

  /// As above, with the CPU time of the processes that this one has started and that still run.
  static Stopwatch ofProcessAndWorkers() {
    LongSupplier own = ofProcess().cpuNanos();
    return new Stopwatch(
        System::nanoTime,
        () ->
            own.getAsLong()
                + ProcessHandle.current().children().mapToLong(Stopwatch::cpuNanos).sum());
  }

  private static long cpuNanos(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  /// Both clocks now; only differences between two readings mean anything.
  Cost now() {
    return new Cost(wallNanos.getAsLong() / 1e9, cpuNanos.getAsLong() / 1e9);
  }

  Cost time(Runnable work) {
    Cost start = now();
    work.run();
    return now().minus(start);
  }
}
