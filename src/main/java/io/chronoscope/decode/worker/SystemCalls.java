package io.chronoscope.decode.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// System calls of Linux by their numbers, for what Java has no method for. Most have the function
/// `syscall(2)` in common, so that a start needs one native handle only.
final class SystemCalls {

  /// A system call failed.
  static final class FailedCall extends IOException {
    private static final long serialVersionUID = 1L;

    FailedCall(Call call, int errno) {
      super(call.name().toLowerCase(Locale.ROOT) + ": error " + errno);
    }
  }

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /// Where [#machine()] is known, for people.
  static final String ONLY_ON = "only on Linux, x86-64 and AArch64";

  private SystemCalls() {}

  /// The processors whose numbers are known.
  enum Machine {
    X86_64(0xC000003E),
    AARCH64(0xC00000B7);

    /// How the kernel's audit interface calls it.
    private final int audit;

    Machine(int audit) {
      this.audit = audit;
    }

    int audit() {
      return audit;
    }

    /// Chooses the number for this machine.
    int choose(int x86, int arm) {
      return switch (this) {
        case X86_64 -> x86;
        case AARCH64 -> arm;
      };
    }
  }

  /// This machine, if it runs Linux on a known processor.
  static Optional<Machine> machine() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> Optional.of(Machine.X86_64);
      case "aarch64" -> Optional.of(Machine.AARCH64);
      default -> Optional.empty();
    };
  }

  /// The calls that this package makes, with their numbers.
  enum Call {
    SETSID(112, 157),
    PRCTL(157, 167),
    MADVISE(28, 233),
    FCNTL(72, 25),
    PRLIMIT64(302, 261),
    SECCOMP(317, 277),
    MEMFD_CREATE(319, 279);

    private final int x86;
    private final int arm;

    Call(int x86, int arm) {
      this.x86 = x86;
      this.arm = arm;
    }

    int number(Machine machine) {
      return machine.choose(x86, arm);
    }
  }

  /// Apart from the rest, since other systems lack the function.
  private static final class Syscall {
    static final MethodHandle HANDLE =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.captureCallState("errno"));
  }

  /// @return what the call returns
  /// @throws FailedCall when it fails
  static long call(Call call, long a, long b, long c, long d, long e) throws FailedCall {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long number = call.number(machine().orElseThrow());
      long result = (long) Syscall.HANDLE.invokeExact(state, number, a, b, c, d, e);
      if (result == -1) {
        throw new FailedCall(call, (int) ERRNO.get(state, 0L));
      }
      return result;
    } catch (FailedCall failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static long call(Call call, long a, long b) throws FailedCall {
    return call(call, a, b, 0, 0, 0);
  }

  /// Gives memory that `malloc` keeps for later back to the kernel, where the C library can.
  static void trimNativeHeap() {
    MethodHandle trim = Trim.HANDLE;
    if (trim != null) {
      try {
        var unused = (int) trim.invokeExact(0L);
      } catch (Throwable impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  private static final class Trim {
    static final @Nullable MethodHandle HANDLE =
        Linker.nativeLinker()
            .defaultLookup()
            .find("malloc_trim")
            .map(function ->
                Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(JAVA_INT, JAVA_LONG)))
            .orElse(null);
  }
}
