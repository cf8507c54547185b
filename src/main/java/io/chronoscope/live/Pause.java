package io.chronoscope.live;

import java.time.Duration;

/// How a thread waits between attempts.
@FunctionalInterface
public interface Pause {

  Pause SLEEP = Thread::sleep;

  void sleep(Duration duration) throws InterruptedException;
}
