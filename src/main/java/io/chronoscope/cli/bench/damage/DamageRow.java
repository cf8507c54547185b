package io.chronoscope.cli.bench.damage;

import io.chronoscope.domain.UnreadableMediaException;
import java.util.Random;

/// Results of all trials of one kind of damage to one codec in one container.
///
/// @param silent trials in which a wrong picture was shown as seen for 0.3 s or more
/// @param refused trials in which the file was refused as a whole
/// @param flagged trials in which anything was flagged, refusals included
/// @param seenShare share of the time that was shown as seen, over all trials
/// @param seed of the first trial
record DamageRow(
    String codec,
    String container,
    String damage,
    int trials,
    int silent,
    int refused,
    int flagged,
    double seenShare,
    long seed) {

  /// @throws UnreadableMediaException when the undamaged file cannot be read
  static DamageRow measure(MediaCase media, byte[] file, DamageKind kind, int trials, long seed)
      throws UnreadableMediaException {
    Shown reference = Shown.of(file);
    int silent = 0;
    int refused = 0;
    int flagged = 0;
    long lost = 0;
    for (int i = 0; i < trials; i++) {
      byte[] damaged = kind.damaged(file, new Random(seed + i));
      DamageTrial trial = DamageTrial.of(damaged, reference);
      silent += trial.isSilent() ? 1 : 0;
      refused += trial.refused() ? 1 : 0;
      flagged += trial.flagged() ? 1 : 0;
      lost += trial.lostMicros();
    }
    double total = (double) trials * reference.facts().durationMicros();
    return new DamageRow(
        media.codec(),
        media.container(),
        kind.label(),
        trials,
        silent,
        refused,
        flagged,
        1 - lost / total,
        seed);
  }

  double silentShare() {
    return (double) silent / trials;
  }
}
