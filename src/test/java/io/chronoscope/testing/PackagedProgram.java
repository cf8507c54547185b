package io.chronoscope.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command lines that start the packaged program in a process of its own.
public final class PackagedProgram {

  /// The checkout.
  public static final Path HOME = Path.of("").toAbsolutePath();

  /// Starts sooner and takes less memory: the work itself is native.
  public static final List<String> SMALL =
      List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private PackagedProgram() {}

  /// The program without the embedded broker's libraries.
  ///
  /// @param jvm options of the JVM
  public static List<String> command(List<String> jvm, List<String> arguments) {
    return command(HOME, jvm, arguments);
  }

  /// The program of another checkout, without the embedded broker's libraries.
  ///
  /// @param jvm options of the JVM
  public static List<String> command(Path checkout, List<String> jvm, List<String> arguments) {
    return command(checkout, jvm, "quarkus-run.jar", arguments);
  }

  /// The program with the embedded broker's libraries.
  ///
  /// @param jvm options of the JVM
  public static List<String> commandWithBroker(List<String> jvm, List<String> arguments) {
    return command(HOME, jvm, "embedded-run.jar", arguments);
  }

  private static List<String> command(
      Path checkout, List<String> jvm, String jar, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dchronoscope.home=" + checkout,
            "-jar",
            checkout.resolve("target/quarkus-app").resolve(jar).toString()));
    command.addAll(arguments);
    return command;
  }
}
