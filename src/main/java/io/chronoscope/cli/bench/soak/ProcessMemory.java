package io.chronoscope.cli.bench.soak;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/// Measures the memory of another Java process on this machine, over a local JMX connection.
final class ProcessMemory implements AutoCloseable {

  /// One measurement.
  ///
  /// @param heapBytes objects: reachable ones after [#read()], with garbage after [#observe()]
  /// @param committedBytes heap that the process has committed
  /// @param residentBytes resident size of the whole process
  record Reading(long heapBytes, long committedBytes, long residentBytes) {

    /// Memory outside the Java heap: native libraries, code, threads.
    long nativeBytes() {
      return residentBytes - committedBytes;
    }
  }

  private final long pid;
  private final JMXConnector connector;
  private final MemoryMXBean memory;
  private final List<MemoryPoolMXBean> pools;

  private ProcessMemory(
      long pid, JMXConnector connector, MemoryMXBean memory, List<MemoryPoolMXBean> pools) {
    this.pid = pid;
    this.connector = connector;
    this.memory = memory;
    this.pools = pools;
  }

  /// Attaches to the process.
  ///
  /// @throws IOException when the process does not allow it or has ended
  @SuppressWarnings("BanJNDI") // the address comes from that process, on this machine
  static ProcessMemory of(long pid) throws IOException {
    VirtualMachine machine;
    try {
      machine = VirtualMachine.attach(Long.toString(pid));
    } catch (AttachNotSupportedException e) {
      throw new IOException("cannot attach to process " + pid + ": " + e.getMessage(), e);
    }
    try {
      JMXConnector connector =
          JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
      MBeanServerConnection beans = connector.getMBeanServerConnection();
      return new ProcessMemory(
          pid,
          connector,
          ManagementFactory.getPlatformMXBean(beans, MemoryMXBean.class),
          ManagementFactory.getPlatformMXBeans(beans, MemoryPoolMXBean.class));
    } finally {
      machine.detach();
    }
  }

  /// Runs a garbage collection in the process, then measures.
  Reading read() throws IOException {
    memory.gc();
    // Usage right after the collection; by now there is new garbage.
    long heap =
        pools.stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getCollectionUsage)
            .filter(Objects::nonNull)
            .mapToLong(MemoryUsage::getUsed)
            .sum();
    return new Reading(heap, memory.getHeapMemoryUsage().getCommitted(), residentBytes(pid));
  }

  /// Measures without a collection: the heap includes garbage.
  Reading observe() throws IOException {
    MemoryUsage heap = memory.getHeapMemoryUsage();
    return new Reading(heap.getUsed(), heap.getCommitted(), residentBytes(pid));
  }

  /// Resident size of any process of this user, in bytes.
  ///
  /// @throws IOException when it has ended
  static long residentBytes(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    Optional<String> kilobytes;
    if (Files.isReadable(status)) {
      try (var lines = Files.lines(status)) {
        kilobytes = lines.filter(line -> line.startsWith("VmRSS:")).findFirst();
      }
    } else {
      Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
      kilobytes =
          Optional.of(new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    return 1024L
        * kilobytes
            .map(text -> text.replaceAll("\\D", ""))
            .filter(digits -> !digits.isEmpty())
            .map(Long::parseLong)
            .orElseThrow(() -> new IOException("cannot read the resident size of process " + pid));
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
