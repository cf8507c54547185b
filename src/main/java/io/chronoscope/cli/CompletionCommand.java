package io.chronoscope.cli;

import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.service.ExitCode;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Prints a script with which a shell completes commands, options and their values.
@Command(
    name = "completion",
    description = {
      "Prints a script with which a shell completes commands, options and their values.",
      "For this session: source <(chronoscope completion bash). For every session of bash, write it"
          + " to ~/.local/share/bash-completion/completions/chronoscope; for zsh, source it in"
          + " ~/.zshrc."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class CompletionCommand implements Callable<Integer> {

  /// A shell that the script is for.
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Constants are written as records show them.
  private static final Pattern VALUES = Pattern.compile("(?<=_args=)\\(\".*\"\\) #.* values");

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  Shell shell = Shell.BASH;

  @Spec CommandSpec spec = CommandSpec.create();

  private final Output output;

  CompletionCommand(Output output) {
    this.output = output;
  }

  /// picocli writes one script for both: in zsh it switches on the support for bash's.
  @Override
  public Integer call() {
    output.out().print(script());
    output.out().flush();
    return ExitCode.OK;
  }

  private String script() {
    String script =
        AutoComplete.bash("chronoscope", spec.root().commandLine())
            // Where nothing else fits, files do: they may be an argument of any type.
            .replaceAll(".*compopt \\+o default\n", "");
    return VALUES
        .matcher(script)
        .replaceAll(values -> Matcher.quoteReplacement(values.group().toLowerCase(Locale.ROOT)));
  }
}
