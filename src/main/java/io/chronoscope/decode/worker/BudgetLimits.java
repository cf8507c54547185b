package io.chronoscope.decode.worker;

import java.io.IOException;

/// In the parent, the budget of a worker's chunk as limits that the kernel keeps ([ProcessLimits]),
/// where the platform has them; elsewhere nothing is limited. Used by one thread.
final class BudgetLimits {

  private final ProcessLimits process;
  private final ChunkBudget budget;
  private final SharedMemory memory;
  private final long idleBytes;

  /// @param memory that the worker shares, beside which it has its budget
  /// @throws IOException when the worker is gone
  BudgetLimits(long pid, ChunkBudget budget, SharedMemory memory) throws IOException {
    this.process = new ProcessLimits(pid);
    this.budget = budget;
    this.memory = memory;
    this.idleBytes = ProcessLimits.isSupported() ? process.addressSpace() : 0;
  }

  /// A decoder that gets no memory for a picture may say no more than that the frame is damaged.
  /// The peak may be that of an earlier chunk: then the retry, in a new worker, decides.
  ///
  /// @param bytes of the allocation that may have failed
  void requireMemoryLeft(long bytes) throws WorkerLostException {
    if (chunkPeakBytes() + bytes > budget.memoryBytes()) {
      throw outOfMemory();
    }
  }

  /// The most that any chunk of this worker took; 0 where the platform does not report it.
  private long chunkPeakBytes() {
    if (!ProcessLimits.isSupported()) {
      return 0;
    }
    try {
      return process.peakAddressSpace() - idleBytes - memory.chunkBytes();
    } catch (IOException e) {
      return 0; // it is gone, which the next call notices
    }
  }

  void limitMemory() throws IOException {
    if (ProcessLimits.isSupported()) {
      process.limitAddressSpace(idleBytes + budget.memoryBytes() + memory.chunkBytes());
    }
  }

  long cpuSeconds() throws IOException {
    return ProcessLimits.isSupported() ? process.cpuSeconds() : 0;
  }

  void limitCpu(long seconds) throws IOException {
    if (ProcessLimits.isSupported()) {
      process.limitCpuSeconds(seconds);
    }
  }

  /// Address space that earlier chunks have left behind, if it is so much that the worker had
  /// better be replaced.
  ///
  /// @return 0 if it is little
  long excessBytes() {
    if (!ProcessLimits.isSupported()) {
      return 0;
    }
    try {
      long kept = process.addressSpace() - idleBytes - memory.chunkBytes();
      return kept > budget.memoryBytes() / 4 ? kept : 0;
    } catch (IOException e) {
      return 0; // it is gone, which the next chunk notices
    }
  }

  WorkerLostException outOfMemory() {
    return new WorkerLostException(
        LossCause.MEMORY,
        "it took more than the %d MiB of memory that a chunk may take"
            .formatted(budget.memoryBytes() >> 20));
  }
}
