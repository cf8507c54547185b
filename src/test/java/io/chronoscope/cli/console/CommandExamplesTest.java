package io.chronoscope.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.chronoscope.cli.Commands;
import io.chronoscope.testing.ShellWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CommandExamplesTest {

  static Stream<CommandLine> commands() {
    return all(Commands.tree()).stream()
        .filter(one -> !one.getCommandSpec().usageMessage().hidden())
        .filter(one -> !one.getCommandName().equals("help"));
  }

  private static List<CommandLine> all(CommandLine command) {
    List<CommandLine> all = new ArrayList<>(List.of(command));
    command.getSubcommands().values().stream().distinct().forEach(one -> all.addAll(all(one)));
    return all;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void endTheHelpOfEveryCommandAndAreUnderstood(CommandLine command) {
    List<String> examples = CommandExamples.of(command.getCommandSpec());

    assertThat(examples).as(command.getCommandSpec().qualifiedName()).isNotEmpty();
    for (String example : examples) {
      String words = example.replaceFirst(" > .*", "").replaceFirst("\\Achronoscope ?", "");
      assertThatCode(
              () -> Commands.tree().parseArgs(ShellWords.split(words).toArray(String[]::new)))
          .as(example)
          .doesNotThrowAnyException();
    }
    assertThat(command.getUsageMessage().lines()).contains("  " + examples.getFirst());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpFits80ColumnsAndConsistsOfSentences(CommandLine command) {
    assertThat(command.getUsageMessage().lines()).allMatch(line -> line.length() <= 80);
    assertThat(Arrays.asList(command.getCommandSpec().usageMessage().description()))
        .isNotEmpty()
        .allMatch(text -> text.endsWith("."), "ends with a full stop");
    command
        .getCommandSpec()
        .options()
        .forEach(option ->
            assertThat(String.join(" ", option.description()))
                .as(command.getCommandSpec().qualifiedName() + " " + option.longestName())
                .matches("(?s)[A-Z].*[.)]"));
  }
}
