package io.chronoscope.decode.worker;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.chronoscope.decode.worker.SystemCalls.Call;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// Resource limits of another process (`prlimit(2)`), set from outside, and what it uses. Only on
/// Linux. Only the soft limits change, so that the next chunk may get another one; the worker's
/// system-call filter keeps it from raising them itself.
final class ProcessLimits {

  private static final int RLIMIT_CPU = 0;
  private static final int RLIMIT_AS = 9;
  private static final long UNLIMITED = -1;
  private static final long TICKS_PER_SECOND = 100; // USER_HZ, the same on all Linux platforms

  /// Kernels for AArch64 with larger pages are rare, and the figure is only compared with itself.
  private static final long PAGE_BYTES = 4096;

  private final long pid;
  private final Path facts;

  ProcessLimits(long pid) {
    this.pid = pid;
    this.facts = Path.of("/proc", Long.toString(pid));
  }

  static boolean isSupported() {
    return SystemCalls.machine().isPresent();
  }

  void limitAddressSpace(long bytes) throws IOException {
    set(RLIMIT_AS, bytes);
  }

  /// When it is reached, the kernel sends `SIGXCPU`, which ends the process.
  ///
  /// @param seconds of CPU time since the process started
  void limitCpuSeconds(long seconds) throws IOException {
    set(RLIMIT_CPU, seconds);
  }

  private void set(int resource, long soft) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(16, 8);
      limit.set(JAVA_LONG, 0, soft);
      limit.set(JAVA_LONG, 8, UNLIMITED);
      var unused = SystemCalls.call(Call.PRLIMIT64, pid, resource, limit.address(), 0, 0);
    }
  }

  /// CPU time since the process started, in seconds, rounded up.
  long cpuSeconds() throws IOException {
    String line = Files.readString(facts.resolve("stat"));
    // The name of the program may contain anything.
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return Math.ceilDiv(ticks, TICKS_PER_SECOND);
  }

  /// Bytes of address space.
  long addressSpace() throws IOException {
    String line = Files.readString(facts.resolve("statm"));
    return Long.parseLong(line.substring(0, line.indexOf(' '))) * PAGE_BYTES;
  }

  /// The most bytes of address space that it ever had.
  long peakAddressSpace() throws IOException {
    for (String line : Files.readAllLines(facts.resolve("status"))) {
      if (line.startsWith("VmPeak:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new IOException(facts + " does not state the peak of its address space");
  }
}
