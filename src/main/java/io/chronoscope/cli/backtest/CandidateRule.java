package io.chronoscope.cli.backtest;

import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RuleRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Resolves the `--rule` option: a file with a rule as on the rules topic, or a text.
final class CandidateRule {

  private CandidateRule() {}

  /// @param inForce a text that one of these rules has stands for that rule
  /// @throws ConfigurationException when the file does not hold a valid rule
  static Rule resolve(String argument, List<Rule> inForce) {
    return file(argument)
        .map(file -> read(argument, file))
        .or(() -> inForce.stream().filter(rule -> rule.text().equals(argument.strip())).findFirst())
        .orElseGet(() -> ofText(argument));
  }

  private static Rule read(String argument, Path file) {
    String id = file.getFileName().toString().replaceAll("\\.json\\z", "");
    try {
      return RuleRecord.parse(id, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (MalformedRecordException e) {
      throw new ConfigurationException("--rule %s: %s".formatted(argument, e.getMessage()), e);
    }
  }

  private static Rule ofText(String text) {
    String id =
        text.strip()
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N}]+", "-")
            .replaceAll("\\A-|-\\z", "");
    return new Rule(id, text, StreamPattern.ANY, Rule.DEFAULT_THRESHOLD, Duration.ZERO, 0);
  }

  private static Optional<Path> file(String argument) {
    try {
      Path path = Path.of(argument);
      if (argument.endsWith(".json")) {
        InputFiles.requireFile(path);
      }
      return Optional.of(path).filter(Files::isRegularFile);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
