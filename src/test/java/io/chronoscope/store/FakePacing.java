package io.chronoscope.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Time that passes only in pauses.
final class FakePacing implements Pacing {

  final List<Duration> pauses = new ArrayList<>();
  Runnable inPause = () -> {};
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
