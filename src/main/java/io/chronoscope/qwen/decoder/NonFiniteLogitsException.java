package io.chronoscope.qwen.decoder;

/// Thrown when the model computes NaN or an infinity for a position, so that no token follows from
/// it: the weights are damaged, or they overflow in the precision in use.
public final class NonFiniteLogitsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param promptTokens length of the prompt
  /// @param generatedTokens tokens generated before the position
  NonFiniteLogitsException(int promptTokens, int generatedTokens, String detail) {
    super(
        "the logits at position %d (%d prompt tokens, %d generated tokens) are not finite: %s;"
                .formatted(promptTokens + generatedTokens, promptTokens, generatedTokens, detail)
            + " the checkpoint's weights are damaged or overflow in this precision");
  }
}
