package io.chronoscope.service;

/// Exit codes of the process.
public final class ExitCode {

  public static final int OK = 0;

  /// The work was attempted and failed.
  public static final int FAILED = 1;

  /// The arguments or settings are invalid.
  public static final int USAGE = 2;

  /// The environment lacks something: a JDK, a checkpoint, a broker.
  public static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
