package io.chronoscope.ort.capi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/// Calls of C functions whose arguments and results are integers and pointers. All are passed as 64
/// bits: in the calling conventions of x86-64 and AArch64 an argument in a register, or in a stack
/// slot of eight bytes, is read from its lower bits. One handle for each number of arguments keeps
/// the start short: the linker compiles a call for each signature.
///
/// macOS on AArch64 packs stack arguments; the first eight are in registers there, and none of the
/// functions has more.
final class NativeCalls {

  private static final MethodHandle CALL_1 = handle(1);
  private static final MethodHandle CALL_2 = handle(2);
  private static final MethodHandle CALL_3 = handle(3);
  private static final MethodHandle CALL_4 = handle(4);
  private static final MethodHandle CALL_5 = handle(5);
  private static final MethodHandle CALL_7 = handle(7);
  private static final MethodHandle CALL_8 = handle(8);

  private NativeCalls() {}

  private static MethodHandle handle(int arguments) {
    MemoryLayout[] parameters =
        Collections.nCopies(arguments, JAVA_LONG).toArray(MemoryLayout[]::new);
    return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_LONG, parameters));
  }

  static long call(MemorySegment function, long a) {
    try {
      return (long) CALL_1.invokeExact(function, a);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long call(MemorySegment function, long a, long b) {
    try {
      return (long) CALL_2.invokeExact(function, a, b);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long call(MemorySegment function, long a, long b, long c) {
    try {
      return (long) CALL_3.invokeExact(function, a, b, c);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long call(MemorySegment function, long a, long b, long c, long d) {
    try {
      return (long) CALL_4.invokeExact(function, a, b, c, d);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long call(MemorySegment function, long a, long b, long c, long d, long e) {
    try {
      return (long) CALL_5.invokeExact(function, a, b, c, d, e);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long call(MemorySegment function, long a, long b, long c, long d, long e, long f, long g) {
    try {
      return (long) CALL_7.invokeExact(function, a, b, c, d, e, f, g);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long call(
      MemorySegment function, long a, long b, long c, long d, long e, long f, long g, long h) {
    try {
      return (long) CALL_8.invokeExact(function, a, b, c, d, e, f, g, h);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /// A call of a C function throws nothing by itself; what arrives here is an error of the JVM.
  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
