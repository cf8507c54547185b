package io.chronoscope.qwen.weights;

import java.time.Duration;

/// Keeps the pages of mapped weights from adding up in this process's resident memory while
/// sessions are compiled: the runtime reads each matrix once, packs it, and maps the file until the
/// last one is packed.
public final class ResidentPages implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final ModelWeights weights;
  private final Thread thread;

  private ResidentPages(ModelWeights weights) {
    this.weights = weights;
    this.thread = Thread.ofVirtual().name("resident-pages").unstarted(this::unloadRepeatedly);
  }

  /// Starts to unload pages, until the result is closed.
  public static ResidentPages limit(ModelWeights weights) {
    ResidentPages pages = new ResidentPages(weights);
    if (weights.isDerived()) {
      pages.thread.start();
    }
    return pages;
  }

  private void unloadRepeatedly() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        weights.unload();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (weights.isDerived()) {
      weights.unload();
    }
  }
}
