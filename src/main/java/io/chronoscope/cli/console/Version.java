package io.chronoscope.cli.console;

import picocli.CommandLine.IVersionProvider;

/// Provides the versions of this program and of the Java runtime.
public final class Version implements IVersionProvider {

  /// The version of this program.
  public static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0-SNAPSHOT" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"chronoscope " + number(), "Java " + Runtime.version()};
  }
}
