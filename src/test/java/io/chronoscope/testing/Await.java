package io.chronoscope.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Waits for what other threads, processes or servers bring about, and fails when it takes too
/// long. Asks often at first, then every tenth of a second.
public final class Await {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  private Await() {}

  /// What is waited for.
  @FunctionalInterface
  public interface Condition {

    boolean holds() throws Exception;
  }

  /// Waits a minute at the most.
  public static void until(Condition condition) {
    until("what the calling line says", condition);
  }

  /// Waits a minute at the most.
  ///
  /// @param what for the message of a test that fails
  public static void until(String what, Condition condition) {
    until(what, PATIENCE, condition);
  }

  /// @param patience the test fails when the condition does not hold within it
  public static void until(String what, Duration patience, Condition condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE_NANOS;
    while (!holds(what, condition)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited %d s for %s".formatted(patience.toSeconds(), what));
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  private static boolean holds(String what, Condition condition) {
    try {
      return condition.holds();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("failed while waiting for " + what, e);
    }
  }

  /// Asks again until an answer is as wanted; waits a minute at the most.
  ///
  /// @return that answer, or the last one when none was: the assertions after it say what is wrong
  public static <T> T answer(Callable<T> ask, Predicate<T> wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    T answer = ask.call();
    while (!wanted.test(answer) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(LONGEST_PAUSE_NANOS);
      answer = ask.call();
    }
    return answer;
  }
}
