package io.chronoscope.app;

/// What the process ends with.
final class ExitCode {

  static final int OK = 0;

  /// The work was done, or tried, and did not succeed.
  static final int FAILED = 1;

  /// The arguments or settings make no sense.
  static final int USAGE = 2;

  /// The machine lacks something: a JDK, a checkpoint, a broker.
  static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
