package io.chronoscope.cli.bench.engine;

import io.chronoscope.domain.FrameSize;
import java.util.OptionalInt;

/// The size of a row's work as it was carried out.
///
/// @param batch frame pairs, frames or prompts in one call
/// @param widthPx of a frame
/// @param heightPx of a frame
/// @param promptTokens of each prompt
/// @param newTokens generated for each prompt
record Dimensions(
    int batch,
    OptionalInt widthPx,
    OptionalInt heightPx,
    OptionalInt promptTokens,
    OptionalInt newTokens) {

  /// Of work that none of these describes.
  static final Dimensions NONE =
      new Dimensions(
          1, OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

  static Dimensions ofFrames(FrameSize size, int batch) {
    return new Dimensions(
        batch,
        OptionalInt.of(size.widthPx()),
        OptionalInt.of(size.heightPx()),
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  static Dimensions ofPrompts(int promptTokens, int newTokens, int batch) {
    return new Dimensions(
        batch,
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.of(promptTokens),
        OptionalInt.of(newTokens));
  }

  Dimensions withTokens(int prompt, int generated) {
    return new Dimensions(
        batch, widthPx, heightPx, OptionalInt.of(prompt), OptionalInt.of(generated));
  }

  /// Short text for people, such as `8 x 448x448` or `4 x 288 + 16`; empty for [#NONE].
  @Override
  public String toString() {
    String size =
        widthPx.isPresent() && heightPx.isPresent()
            ? widthPx.getAsInt() + "x" + heightPx.getAsInt()
            : promptTokens.isPresent() ? Integer.toString(promptTokens.getAsInt()) : "";
    String answer = newTokens.isPresent() ? " + " + newTokens.getAsInt() : "";
    return size.isEmpty() ? "" : batch + " x " + size + answer;
  }
}
