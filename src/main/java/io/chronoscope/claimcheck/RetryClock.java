package io.chronoscope.claimcheck;

import java.time.Duration;

/// The clock of retries: measures elapsed time and sleeps between attempts.
public interface RetryClock {

  RetryClock SYSTEM =
      new RetryClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration backoff) throws InterruptedException {
          Thread.sleep(backoff);
        }
      };

  /// As [System#nanoTime()].
  long nanoTime();

  void sleep(Duration backoff) throws InterruptedException;
}
