package io.chronoscope.testing;

import io.chronoscope.claimcheck.Pacing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Time that passes only in pauses.
public final class FakePacing implements Pacing {

  public final List<Duration> pauses = new ArrayList<>();
  public Runnable inPause = () -> {};
  private long nanos;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void pause(Duration length) throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
    pauses.add(length);
    nanos += length.toNanos();
    inPause.run();
  }
}
