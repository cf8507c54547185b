package io.chronoscope.vlm;

import java.util.Optional;

/// What a model's author says about how far its answers can be relied on.
///
/// @param world all that it knows; empty for a model of the whole world
public record ModelProfile(Optional<ClosedWorld> world, Calibration calibration) {

  /// A model of the whole world whose probabilities are taken as they are.
  public static final ModelProfile PLAIN = new ModelProfile(Optional.empty(), Calibration.NONE);
}
