package io.chronoscope.service;

/// What the process ends with.
public final class ExitCode {

  public static final int OK = 0;

  /// The work was done, or tried, and did not succeed.
  public static final int FAILED = 1;

  /// The arguments or settings make no sense.
  public static final int USAGE = 2;

  /// The machine lacks something: a JDK, a checkpoint, a broker.
  public static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
