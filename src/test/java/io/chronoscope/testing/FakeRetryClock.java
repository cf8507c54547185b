package io.chronoscope.testing;

import io.chronoscope.claimcheck.RetryClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A clock on which time passes only during back-off.
public final class FakeRetryClock implements RetryClock {

  public final List<Duration> backoffs = new ArrayList<>();

  /// Runs at the end of each back-off.
  public Runnable afterBackoff = () -> {};

  private long nanos;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void sleep(Duration backoff) throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
    backoffs.add(backoff);
    nanos += backoff.toNanos();
    afterBackoff.run();
  }
}
