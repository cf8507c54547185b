package io.chronoscope.cli.chaos;

/// Something that goes wrong, and what must hold nevertheless.
///
/// @param name as on the command line, such as `kill-before-commit`
/// @param what what goes wrong
/// @param promise what must hold
record Fault(String name, String what, String promise, Trial trial) {

  /// Makes it go wrong.
  interface Trial {
    Observation run(Scene scene) throws Exception;
  }
}
