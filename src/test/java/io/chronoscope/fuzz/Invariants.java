package io.chronoscope.fuzz;

import org.jspecify.annotations.Nullable;

/// What fuzz targets check of results.
public final class Invariants {

  private Invariants() {}

  /// @throws AssertionError when it does not hold
  public static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /// A refusal has to say why.
  public static void requireText(@Nullable String reason) {
    require(
        reason != null && !reason.isBlank() && !reason.equals("null"),
        "a refusal without a reason: " + reason);
  }
}
