package io.chronoscope.cli.run;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/// Starts this program in a process of its own, so that a measurement starts from a fresh state and
/// shares no memory with the command that measures.
public final class SelfProcess {

  private SelfProcess() {}

  /// Prepares a process with the Java options and the environment of this one.
  ///
  /// @param javaOptions override the options of this process
  public static ProcessBuilder of(List<String> javaOptions, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Dterminal."))
        .forEach(command::add);
    command.addAll(javaOptions);
    command.add("-jar");
    command.add(System.getProperty("java.class.path"));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
