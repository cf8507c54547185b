package io.chronoscope.vlm;

import java.util.Optional;

/// What a model's author says about how to ask it, and how far its answers can be relied on.
///
/// @param world all that it knows; empty for a model of the whole world
/// @param groundingPrompt how it was taught to be asked when something happens, with `{}` for what;
///   empty for the wording of Qwen2.5-VL
public record ModelProfile(
    Optional<ClosedWorld> world, Calibration calibration, Optional<String> groundingPrompt) {

  /// A model of the whole world whose probabilities are taken as they are.
  public static final ModelProfile PLAIN =
      new ModelProfile(Optional.empty(), Calibration.NONE, Optional.empty());
}
