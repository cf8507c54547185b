package io.chronoscope.cli.chaos;

/// What was seen after a fault.
sealed interface Observation {

  String text();

  /// The same, after what else was seen, if what was promised came true.
  default Observation after(String detail) {
    return this instanceof Holds(String text) ? new Holds(detail + "; " + text) : this;
  }

  /// The same, with one more thing that was seen.
  default Observation with(String detail) {
    return switch (this) {
      case Holds(String text) -> new Holds(text + ", " + detail);
      case Broken(String text) -> new Broken(text + ", " + detail);
      case NotRun(String text) -> new NotRun(text + ", " + detail);
    };
  }

  /// What was promised came true.
  record Holds(String text) implements Observation {}

  /// It did not.
  record Broken(String text) implements Observation {}

  /// This machine or this setup cannot produce the fault.
  record NotRun(String text) implements Observation {}
}
