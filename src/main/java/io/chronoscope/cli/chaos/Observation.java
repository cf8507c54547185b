package io.chronoscope.cli.chaos;

/// What was seen after a fault.
sealed interface Observation {

  String text();

  /// What was promised came true.
  record Holds(String text) implements Observation {}

  /// It did not.
  record Broken(String text) implements Observation {}

  /// This machine or this setup cannot produce the fault.
  record NotRun(String text) implements Observation {}
}
