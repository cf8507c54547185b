package io.chronoscope.shedding;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/// Sheds load when streams fall behind and restores full detail when they have caught up. The worst
/// lag of all streams controls one pressure; the detail level of a stream follows from the pressure
/// and the stream's priority: streams of the lowest active priority are affected first, each higher
/// priority [#PRIORITY_STEP] steps later.
///
/// Pressure rises while the worst lag is above the target, by at most one in an eighth of the
/// target, and up to a limit that depends on the lag: the first step at the target, those that cost
/// whole windows from twice the target on, the last at three times. So a backlog that fewer and
/// smaller frames can work off never costs whole windows, and a lag that is already decreasing
/// costs nothing more.
///
/// Hysteresis: pressure falls by one only after the lag has been below half the target for a whole
/// target. If pressure has to rise again soon after, the next decrease takes twice as long, up to
/// eight times. Where windows are skipped, half a target is enough, however often pressure has to
/// rise again: what is skipped is lost, while lag only grows.
///
/// Thread-safe.
public final class LoadGovernor {

  /// Steps of pressure after which the next higher priority is affected.
  static final int PRIORITY_STEP = 3;

  private static final int MAX_CALM_TARGETS = 8;
  private static final int STEPS_PER_TARGET = 8;

  /// Lag, in targets, within which the steps without loss of windows follow one another.
  private static final double WHOLE_WINDOWS_SPAN = 0.5;

  /// Lag, in targets, from which windows are shed.
  private static final double WINDOWS_FROM = 2;

  private record Lag(int priority, long nanos) {}

  private final SheddingSettings settings;
  private final LongSupplier nanoTime;
  private final IntConsumer onPressure;
  private final Map<String, Lag> lags = new HashMap<>();
  private int pressure;

  /// How long the lag must stay low before pressure falls, in targets.
  private int calmTargets = 1;

  private long changedAt;
  private long calmSince;
  private boolean lastFell;

  /// @param nanoTime a monotonic clock
  /// @param onPressure receives every change of the pressure
  public LoadGovernor(SheddingSettings settings, LongSupplier nanoTime, IntConsumer onPressure) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.onPressure = onPressure;
    long now = nanoTime.getAsLong();
    this.changedAt = now;
    this.calmSince = now;
  }

  /// A governor that sheds nothing.
  public static LoadGovernor off() {
    return new LoadGovernor(SheddingSettings.OFF, () -> 0, pressure -> {});
  }

  /// Records the lag of a stream: how long ago the record that it processes, or the oldest one that
  /// waits, was appended to its topic.
  public synchronized void recordLag(String stream, Duration lag) {
    if (settings.targetLag().isEmpty()) {
      return;
    }
    lags.put(stream, new Lag(settings.priorityOf(stream), lag.toNanos()));
    adjust(settings.targetLag().get().toNanos());
  }

  /// Removes a stream that has ended, is idle, or is revoked. Without any stream the pressure is 0.
  public synchronized void forget(String stream) {
    lags.remove(stream);
    if (lags.isEmpty()) {
      if (pressure > 0) {
        lastFell = false;
        change(0, nanoTime.getAsLong());
      }
      calmTargets = 1;
    }
  }

  /// The level at which a stream is to be analyzed now.
  public synchronized DetailLevel detailLevel(String stream) {
    if (pressure == 0) {
      return DetailLevel.FULL;
    }
    int priority = settings.priorityOf(stream);
    long lower =
        lags.values().stream().mapToInt(Lag::priority).filter(p -> p < priority).distinct().count();
    return DetailLevel.at(pressure - PRIORITY_STEP * (int) Math.min(lower, DetailLevel.LAST_LEVEL));
  }

  /// 0 when nothing is shed.
  public synchronized int pressure() {
    return pressure;
  }

  /// The worst lag of all streams.
  public synchronized Duration worstLag() {
    return Duration.ofNanos(lags.values().stream().mapToLong(Lag::nanos).max().orElse(0));
  }

  private void adjust(long target) {
    long now = nanoTime.getAsLong();
    long worst = worstLag().toNanos();
    if (worst * 2 >= target) {
      calmSince = now;
    }
    if (pressure < limit(worst, target) && now - changedAt >= target / STEPS_PER_TARGET) {
      if (lastFell && !shedsWindows(pressure + 1) && now - changedAt < 4 * calmTargets * target) {
        calmTargets = Math.min(MAX_CALM_TARGETS, 2 * calmTargets);
      }
      lastFell = false;
      change(pressure + 1, now);
    } else if (pressure > 0 && now - Math.max(calmSince, changedAt) >= calm(target)) {
      if (lastFell) {
        calmTargets = 1;
      }
      lastFell = true;
      change(pressure - 1, now);
    }
  }

  /// How long the lag must have been low before pressure falls.
  private long calm(long target) {
    return shedsWindows(pressure) ? target / 2 : calmTargets * target;
  }

  private static boolean shedsWindows(int pressure) {
    return pressure > DetailLevel.LAST_OF_WHOLE_WINDOWS;
  }

  /// The highest pressure that a lag may cause.
  private int limit(long lag, long target) {
    if (lag <= target) {
      return 0;
    }
    double targets = (double) lag / target;
    int whole = DetailLevel.LAST_OF_WHOLE_WINDOWS;
    if (targets < WINDOWS_FROM) {
      return Math.min(whole, 1 + (int) ((targets - 1) / WHOLE_WINDOWS_SPAN * (whole - 1)));
    }
    int highest = DetailLevel.LAST_LEVEL + PRIORITY_STEP * (priorities() - 1);
    return whole + 1 + (int) (Math.min(1, targets - WINDOWS_FROM) * (highest - whole - 1));
  }

  private int priorities() {
    return (int) Math.max(1, lags.values().stream().mapToInt(Lag::priority).distinct().count());
  }

  private void change(int next, long now) {
    pressure = next;
    changedAt = now;
    onPressure.accept(next);
  }
}
