package io.chronoscope.cli.console;

import io.chronoscope.domain.Spelling;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Reports a wrong call on one line: what is wrong, what was probably meant, and an example.
public final class UsageMessages implements IParameterExceptionHandler {

  private static final Pattern CONSTANTS =
      Pattern.compile("expected one of \\[(.*)] \\(case-insensitive\\) but was '(.*)'\\z");

  private final Output output;

  public UsageMessages(Output output) {
    this.output = output;
  }

  @Override
  public int handleParseException(ParameterException problem, String[] arguments) {
    CommandSpec command = problem.getCommandLine().getCommandSpec();
    output.report(
        "%s: %s; %s".formatted(command.qualifiedName(), text(problem, command), remedy(command)));
    return command.exitCodeOnInvalidInput();
  }

  private static String text(ParameterException problem, CommandSpec command) {
    return switch (problem) {
      case UnmatchedArgumentException unmatched -> unmatched(unmatched, command);
      case MissingParameterException missing
          when !missing.getMissing().isEmpty() && !isValueMissing(missing) ->
          missing(missing.getMissing());
      default -> {
        String message = constants(String.valueOf(problem.getMessage()));
        yield message.equals("Missing required subcommand")
            ? "which one? " + subcommands(command)
            : lowerFirst(
                message
                    .replaceFirst("\\AError: ", "")
                    .replaceFirst("\\.\\z", "")
                    .replaceFirst("' is not an? (?:int|long)\\z", "' is not a whole number")
                    .replaceFirst("' is not a double\\z", "' is not a number"));
      }
    };
  }

  private static String missing(List<ArgSpec> arguments) {
    String names = arguments.stream().map(UsageMessages::name).collect(Collectors.joining(", "));
    if (arguments.size() == 1) {
      return names + " is missing";
    }
    boolean alternatives =
        arguments.stream().allMatch(one -> one.group() != null && one.group().exclusive());
    return alternatives ? "one of %s is missing".formatted(names) : names + " are missing";
  }

  /// Constants as people write them and records show them.
  private static String constants(String message) {
    Matcher expected = CONSTANTS.matcher(message);
    return expected.find()
        ? "%s'%s' is not one of %s"
            .formatted(
                message.substring(0, expected.start()),
                expected.group(2),
                expected.group(1).toLowerCase(Locale.ROOT))
        : message;
  }

  private static String lowerFirst(String text) {
    return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }

  /// An option without its value, as opposed to an option that is not there at all.
  private static boolean isValueMissing(MissingParameterException problem) {
    return String.valueOf(problem.getMessage()).contains("parameter for option");
  }

  private static String unmatched(UnmatchedArgumentException problem, CommandSpec command) {
    String argument = problem.getUnmatched().getFirst();
    Optional<String> near =
        Spelling.nearest(
            argument,
            problem.isUnknownOption()
                ? command.optionsMap().keySet()
                : command.subcommands().keySet());
    List<String> meant = near.map(List::of).orElseGet(problem::getSuggestions);
    String kind =
        problem.isUnknownOption()
            ? "unknown option "
            : command.subcommands().isEmpty() ? "unexpected argument " : "unknown command ";
    return kind
        + "'"
        + argument
        + "'"
        + (meant.isEmpty()
            ? ""
            : ", did you mean "
                + meant.stream()
                    .map(one -> one.replaceFirst("\\A" + command.qualifiedName() + " ", ""))
                    .limit(2)
                    .collect(Collectors.joining(" or "))
                + "?");
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String subcommands(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(spec -> !spec.usageMessage().hidden())
        .map(CommandSpec::name)
        .filter(Objects::nonNull)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String remedy(CommandSpec command) {
    List<String> examples = CommandExamples.of(command);
    return examples.isEmpty()
        ? "see " + command.qualifiedName() + " --help"
        : "example: %s (more: --help)".formatted(examples.getFirst());
  }
}
