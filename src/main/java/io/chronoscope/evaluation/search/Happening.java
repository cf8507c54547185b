package io.chronoscope.evaluation.search;

import java.util.Optional;

/// Something that happens in the demo world: in a generated stream with its time, or as what a
/// question asks for, where empty parts are left open.
///
/// @param act what happens
/// @param color of the figure, at first
/// @param shape of the figure
/// @param direction in which it moves
/// @param turnsTo its color afterwards
public record Happening(
    Optional<Act> act,
    Optional<String> color,
    Optional<String> shape,
    Optional<String> direction,
    Optional<String> turnsTo) {

  /// What a figure, or the light, does.
  public enum Act {
    APPEAR,
    MOVE,
    MOVE_AND_STOP,
    TURN,
    LIGHT_OFF
  }

  /// In the words of the demo model.
  ///
  /// @throws java.util.NoSuchElementException when a part that the act needs is open
  public String describe() {
    return switch (act.orElseThrow()) {
      case LIGHT_OFF -> "The light goes off.";
      case APPEAR -> "A %s %s appears.".formatted(color.orElseThrow(), shape.orElseThrow());
      case MOVE ->
          "A %s %s moves %s."
              .formatted(color.orElseThrow(), shape.orElseThrow(), direction.orElseThrow());
      case MOVE_AND_STOP ->
          "A %s %s moves %s and stops."
              .formatted(color.orElseThrow(), shape.orElseThrow(), direction.orElseThrow());
      case TURN ->
          "A %s %s turns %s."
              .formatted(color.orElseThrow(), shape.orElseThrow(), turnsTo.orElseThrow());
    };
  }

  /// Whether this, which happened, is what was asked for. A question about a movement includes one
  /// that stops; a color may be the one before or after a change when the act is open.
  public boolean answers(Happening asked) {
    return (asked.act().isEmpty() || asked.act().equals(act) || isMovement(asked))
        && (asked.color().isEmpty()
            || asked.color().equals(color)
            || (asked.act().isEmpty() && asked.color().equals(turnsTo)))
        && (asked.shape().isEmpty() || asked.shape().equals(shape))
        && (asked.direction().isEmpty() || asked.direction().equals(direction))
        && (asked.turnsTo().isEmpty() || asked.turnsTo().equals(turnsTo));
  }

  private boolean isMovement(Happening asked) {
    return asked.act().get() == Act.MOVE && act.equals(Optional.of(Act.MOVE_AND_STOP));
  }

  /// As in the file of questions: five fields, `-` for what is open.
  String write() {
    return String.join(
        ",",
        act.map(Act::name).orElse("-"),
        color.orElse("-"),
        shape.orElse("-"),
        direction.orElse("-"),
        turnsTo.orElse("-"));
  }

  static Happening parse(String text) {
    String[] parts = text.split(",", 5);
    return new Happening(
        part(parts[0]).map(Act::valueOf),
        part(parts[1]),
        part(parts[2]),
        part(parts[3]),
        part(parts[4]));
  }

  private static Optional<String> part(String text) {
    return text.equals("-") ? Optional.empty() : Optional.of(text);
  }
}
