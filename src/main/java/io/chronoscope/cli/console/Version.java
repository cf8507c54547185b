package io.chronoscope.cli.console;

import picocli.CommandLine.IVersionProvider;

/// Provides the versions of this program and of the Java runtime.
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "chronoscope " + (version == null ? "0.1.0-SNAPSHOT" : version), "Java " + Runtime.version()
    };
  }
}
