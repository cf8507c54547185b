package io.chronoscope.decode.worker;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.chronoscope.decode.worker.DeniedCall.Answer;
import io.chronoscope.decode.worker.SystemCalls.Call;
import io.chronoscope.decode.worker.SystemCalls.FailedCall;
import io.chronoscope.decode.worker.SystemCalls.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A seccomp filter (`seccomp(2)`): a program of the classic Berkeley packet filter that the kernel
/// runs before each system call of this process. It refuses what [DeniedCall] lists, starting other
/// processes, signals to them, and the raising of limits. Everything else is allowed: a Java
/// virtual machine makes many calls, and a list of all of them would break with its next release.
final class SystemCallFilter {

  private static final int ALLOW = 0x7FFF0000;

  // Offsets in `struct seccomp_data`.
  private static final int NUMBER = 0;
  private static final int MACHINE = 4;
  private static final int ARGUMENTS = 16;

  private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int IF_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
  private static final int IF_ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
  private static final int RETURN = 0x06; // BPF_RET | BPF_K

  /// Numbers from here on are those of the x32 interface.
  private static final int X32 = 0x40000000;

  private static final int CLONE_THREAD = 0x10000;
  private static final int SET_PARENT_DEATH_SIGNAL = 1;

  private static final long SET_MODE_FILTER = 1;
  private static final long ALL_THREADS = 1;

  /// One instruction.
  ///
  /// @param ifTrue instructions to skip when the condition holds
  /// @param ifFalse instructions to skip when it does not
  record Instruction(int code, int ifTrue, int ifFalse, int value) {}

  private final List<Instruction> program = new ArrayList<>();
  private final Machine machine;

  private SystemCallFilter(Machine machine) {
    this.machine = machine;
  }

  /// The filter for a process.
  static List<Instruction> program(Machine machine, long pid, Network network) {
    return new SystemCallFilter(machine).build(pid, network);
  }

  /// Confines this process for good. Needs [Protection#NO_NEW_PRIVILEGES].
  static void confine(Machine machine, long pid, Network network) throws FailedCall {
    install(program(machine, pid, network));
  }

  /// Forbids a process that may connect to others ([Network#CONNECT]) to do so from now on; the
  /// connections that it has remain.
  static void forbidConnecting(Machine machine) throws FailedCall {
    install(new SystemCallFilter(machine).buildWithoutConnecting());
  }

  /// Installs a filter in all threads of this process, beside those that it has.
  private static void install(List<Instruction> program) throws FailedCall {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment instructions = arena.allocate(8L * program.size(), 8);
      for (int i = 0; i < program.size(); i++) {
        Instruction one = program.get(i);
        instructions.set(JAVA_SHORT, 8L * i, (short) one.code());
        instructions.set(JAVA_BYTE, 8L * i + 2, (byte) one.ifTrue());
        instructions.set(JAVA_BYTE, 8L * i + 3, (byte) one.ifFalse());
        instructions.set(JAVA_INT, 8L * i + 4, one.value());
      }
      MemorySegment header = arena.allocate(16, 8); // struct sock_fprog
      header.set(JAVA_SHORT, 0, (short) program.size());
      header.set(ADDRESS, 8, instructions);
      long failedThread =
          SystemCalls.call(Call.SECCOMP, SET_MODE_FILTER, ALL_THREADS, header.address(), 0, 0);
      if (failedThread != 0) {
        throw new IllegalStateException("thread " + failedThread + " cannot take the filter");
      }
    }
  }

  private List<Instruction> build(long pid, Network network) {
    refuseOtherMachines();
    for (DeniedCall call : DeniedCall.values()) {
      call.answer(network).ifPresent(answer -> deny(call, answer));
    }
    denyProcesses();
    denySignalsToOthers(pid);
    denyRaisingLimits();
    denySurvivingTheParent();
    answer(ALLOW);
    return List.copyOf(program);
  }

  private List<Instruction> buildWithoutConnecting() {
    refuseOtherMachines();
    for (DeniedCall call : DeniedCall.TO_CONNECT) {
      deny(call, Answer.KILLED);
    }
    answer(ALLOW);
    return List.copyOf(program);
  }

  private void refuseOtherMachines() {
    load(MACHINE);
    add(IF_EQUAL, 1, 0, machine.audit());
    answer(Answer.KILLED.action());
    load(NUMBER);
    if (machine == Machine.X86_64) {
      add(IF_AT_LEAST, 0, 1, X32);
      answer(Answer.KILLED.action());
    }
  }

  private void deny(DeniedCall call, Answer answer) {
    call.number(machine)
        .ifPresent(number -> {
          add(IF_EQUAL, 0, 1, number);
          answer(answer.action());
        });
  }

  /// Threads may be started.
  private void denyProcesses() {
    add(IF_EQUAL, 0, 4, machine.choose(56, 220)); // clone
    load(argument(0));
    add(IF_ANY_BIT, 1, 0, CLONE_THREAD);
    answer(Answer.NOT_PERMITTED.action());
    answer(ALLOW);
  }

  private void denySignalsToOthers(long pid) {
    int kill = machine.choose(62, 129);
    int tgkill = machine.choose(234, 131);
    for (int call : new int[] {kill, tgkill}) {
      add(IF_EQUAL, 0, 4, call);
      load(argument(0));
      add(IF_EQUAL, 1, 0, (int) pid);
      answer(Answer.NOT_PERMITTED.action());
      answer(ALLOW);
    }
  }

  /// The C library reads limits with the same call, without new ones.
  private void denyRaisingLimits() {
    add(IF_EQUAL, 0, 6, Call.PRLIMIT64.number(machine));
    load(argument(2));
    add(IF_EQUAL, 0, 2, 0);
    load(argument(2) + 4);
    add(IF_EQUAL, 1, 0, 0);
    answer(Answer.NOT_PERMITTED.action());
    answer(ALLOW);
  }

  private void denySurvivingTheParent() {
    add(IF_EQUAL, 0, 4, Call.PRCTL.number(machine));
    load(argument(0));
    add(IF_EQUAL, 0, 1, SET_PARENT_DEATH_SIGNAL);
    answer(Answer.NOT_PERMITTED.action());
    answer(ALLOW);
  }

  /// The offset of the lower half of an argument.
  private static int argument(int index) {
    return ARGUMENTS + 8 * index;
  }

  private void load(int offset) {
    add(LOAD, 0, 0, offset);
  }

  private void answer(int action) {
    add(RETURN, 0, 0, action);
  }

  private void add(int code, int ifTrue, int ifFalse, int value) {
    program.add(new Instruction(code, ifTrue, ifFalse, value));
  }
}
