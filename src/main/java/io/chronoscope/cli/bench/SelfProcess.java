package io.chronoscope.cli.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/// This program once more, in a process of its own: what is measured begins from nothing and takes
/// nothing else's memory.
final class SelfProcess {

  private SelfProcess() {}

  /// A process that is yet to be started, with this one's Java options and environment.
  ///
  /// @param javaOptions come after this process's own, and win
  static ProcessBuilder of(List<String> javaOptions, List<String> arguments) {
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
