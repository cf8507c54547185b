package io.chronoscope.claimcheck;

import java.time.Duration;

/// The time that passes between attempts.
public interface Pacing {

  Pacing SYSTEM =
      new Pacing() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void pause(Duration length) throws InterruptedException {
          Thread.sleep(length);
        }
      };

  /// As [System#nanoTime()].
  long nanoTime();

  void pause(Duration length) throws InterruptedException;
}
