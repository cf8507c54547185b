package io.chronoscope.decode.worker;

/// What confines a worker. Which of these are in force depends on the platform; [DecodeEvent] says
/// it when the first worker is ready.
public enum Protection {
  /// The address space that a chunk may take is limited by the kernel.
  ADDRESS_SPACE,
  /// The CPU time that a chunk may take is limited by the kernel.
  CPU_TIME,
  /// The worker dies with the process that started it, even if that is killed.
  PARENT_DEATH,
  /// Nothing that the worker executes gains privileges.
  NO_NEW_PRIVILEGES,
  /// System calls for networks, files, other processes and the kernel's configuration are refused.
  SYSTEM_CALL_FILTER,
  /// The worker has a network of its own without any interface, no other process's IPC, and no
  /// capability outside its namespace.
  NAMESPACES;

  /// For people, as in "network namespace".
  public String words() {
    return switch (this) {
      case ADDRESS_SPACE -> "address-space limit";
      case CPU_TIME -> "CPU-time limit";
      case PARENT_DEATH -> "death with the parent";
      case NO_NEW_PRIVILEGES -> "no new privileges";
      case SYSTEM_CALL_FILTER -> "system-call filter";
      case NAMESPACES -> "namespaces";
    };
  }
}
