package io.chronoscope.shedding;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/// Turns the service down when streams fall behind, and up again when they have caught up. The
/// worst lag of all streams moves one pressure up and down; a stream's level follows from the
/// pressure and its priority: the lowest priority at work gives way first, each higher one
/// [#PRIORITY_STEP] steps later.
///
/// Pressure rises while the worst lag is above the target, by one in an eighth of the target at
/// most, and no higher than that lag is worth: the first step at the target, the last at twice the
/// target. So a small excess never costs whole windows, and a lag that is being worked off costs
/// nothing more.
///
/// Hysteresis: it falls by one only when the lag has stayed below half the target for a whole
/// target. When a step down had to be taken back soon, the next one waits twice as long, up to
/// eight times.
///
/// Thread-safe.
public final class LoadGovernor {

  /// How many steps of pressure a higher priority is spared.
  static final int PRIORITY_STEP = 3;

  private static final int LONGEST_PATIENCE = 8;
  private static final int STEPS_IN_A_TARGET = 8;

  private record Lag(int priority, long nanos) {}

  private final SheddingSettings settings;
  private final LongSupplier nanoTime;
  private final IntConsumer onPressure;
  private final Map<String, Lag> lags = new HashMap<>();
  private int pressure;
  private int patience = 1;
  private long changedAt;
  private long calmSince;
  private boolean lastWasDown;

  /// @param nanoTime a clock that never runs backwards
  /// @param onPressure told of each change
  public LoadGovernor(SheddingSettings settings, LongSupplier nanoTime, IntConsumer onPressure) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.onPressure = onPressure;
    long now = nanoTime.getAsLong();
    this.changedAt = now;
    this.calmSince = now;
  }

  /// One that leaves nothing out.
  public static LoadGovernor off() {
    return new LoadGovernor(SheddingSettings.OFF, () -> 0, pressure -> {});
  }

  /// A stream is so far behind: what it is at, or what waits for it, has been on the topic for so
  /// long.
  public synchronized void behind(String stream, Duration lag) {
    if (settings.targetLag().isEmpty()) {
      return;
    }
    lags.put(stream, new Lag(settings.priorityOf(stream), lag.toNanos()));
    steer(settings.targetLag().get().toNanos());
  }

  /// A stream is over, or rests, or moved away. When none is left there is nobody to be spared for.
  public synchronized void forget(String stream) {
    lags.remove(stream);
    if (lags.isEmpty()) {
      change(0, nanoTime.getAsLong(), false);
      patience = 1;
    }
  }

  /// How closely to look at a stream now.
  public synchronized DetailLevel look(String stream) {
    if (pressure == 0) {
      return DetailLevel.FULL;
    }
    int priority = settings.priorityOf(stream);
    long lower =
        lags.values().stream().mapToInt(Lag::priority).filter(p -> p < priority).distinct().count();
    return DetailLevel.at(pressure - PRIORITY_STEP * (int) Math.min(lower, DetailLevel.LAST_LEVEL));
  }

  /// 0 when all is well.
  public synchronized int pressure() {
    return pressure;
  }

  /// The worst lag.
  public synchronized Duration worst() {
    return Duration.ofNanos(lags.values().stream().mapToLong(Lag::nanos).max().orElse(0));
  }

  private void steer(long target) {
    long now = nanoTime.getAsLong();
    long worst = worst().toNanos();
    if (worst * 2 >= target) {
      calmSince = now;
    }
    if (pressure < worth(worst, target) && now - changedAt >= target / STEPS_IN_A_TARGET) {
      if (lastWasDown && now - changedAt < 4 * patience * target) {
        patience = Math.min(LONGEST_PATIENCE, 2 * patience);
      }
      change(pressure + 1, now, false);
    } else if (pressure > 0 && now - Math.max(calmSince, changedAt) >= patience * target) {
      if (lastWasDown) {
        patience = 1;
      }
      change(pressure - 1, now, true);
    }
  }

  /// The most that a lag may cost.
  private int worth(long lag, long target) {
    if (lag <= target) {
      return 0;
    }
    int highest = DetailLevel.LAST_LEVEL + PRIORITY_STEP * (priorities() - 1);
    double excess = Math.min(1, (double) (lag - target) / target);
    return 1 + (int) (excess * (highest - 1));
  }

  private int priorities() {
    return (int) Math.max(1, lags.values().stream().mapToInt(Lag::priority).distinct().count());
  }

  private void change(int next, long now, boolean down) {
    if (next == pressure) {
      return;
    }
    pressure = next;
    changedAt = now;
    lastWasDown = down;
    onPressure.accept(next);
  }
}
