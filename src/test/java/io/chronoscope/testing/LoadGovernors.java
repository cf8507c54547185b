package io.chronoscope.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.shedding.SheddingSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Load for tests.
public final class LoadGovernors {

  private static final Duration TARGET = Duration.ofSeconds(10);

  private LoadGovernors() {}

  /// A governor that stays at a level: for it no more time passes.
  public static LoadGovernor heldAt(int level) {
    long[] nanos = {0};
    LoadGovernor held =
        new LoadGovernor(
            new SheddingSettings(Optional.of(TARGET), List.of()), () -> nanos[0], pressure -> {});
    held.recordLag("another", TARGET.multipliedBy(3));
    while (held.pressure() < level) {
      nanos[0] += TARGET.toNanos();
      held.recordLag("another", TARGET.multipliedBy(3));
    }
    assertThat(held.detailLevel("another").level()).isEqualTo(level);
    return held;
  }
}
