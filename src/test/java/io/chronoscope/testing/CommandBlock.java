package io.chronoscope.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A block of commands (fenced, `sh`) in a Markdown document.
///
/// @param line of its fence, from 1
/// @param commands without comments; lines that end with a backslash are joined
/// @param notRun why the tests do not run it: the paragraph `Not run by the tests: …` before it
/// @param expected lines of the `text` block that follows: what the last command prints, where `…`
///   stands for anything
public record CommandBlock(
    Path document,
    int line,
    List<String> commands,
    Optional<String> notRun,
    List<String> expected) {

  private static final Pattern NOT_RUN =
      Pattern.compile("\\*?Not run by the tests: (.+?)\\*?", Pattern.DOTALL);

  /// A comment ends a line, behind at least two spaces.
  private static final Pattern COMMENT = Pattern.compile("(?:^|\\s{2,})#.*$");

  /// The blocks of a document in their order.
  public static List<CommandBlock> of(Path document) {
    List<String> lines;
    try {
      lines = Files.readAllLines(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<CommandBlock> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).equals("```sh")) {
        int end = end(lines, i + 1);
        blocks.add(
            new CommandBlock(
                document,
                i + 1,
                commands(lines.subList(i + 1, end)),
                notRun(lines, i),
                expected(lines, end + 1)));
        i = end;
      }
    }
    return blocks;
  }

  private static int end(List<String> lines, int from) {
    int end = from;
    while (!lines.get(end).startsWith("```")) {
      end++;
    }
    return end;
  }

  private static List<String> commands(List<String> lines) {
    List<String> commands = new ArrayList<>();
    StringBuilder command = new StringBuilder();
    for (String line : lines) {
      String text = COMMENT.matcher(line).replaceFirst("").strip();
      if (text.endsWith("\\")) {
        command.append(text, 0, text.length() - 1);
      } else if (!text.isEmpty()) {
        commands.add(command.append(text).toString());
        command.setLength(0);
      }
    }
    return commands;
  }

  private static Optional<String> notRun(List<String> lines, int fence) {
    StringBuilder paragraph = new StringBuilder();
    for (int i = fence - 1; i >= 0 && !lines.get(i).isBlank(); i--) {
      paragraph.insert(0, lines.get(i) + " ");
    }
    Matcher mark = NOT_RUN.matcher(paragraph.toString().strip());
    return mark.matches() ? Optional.of(mark.group(1)) : Optional.empty();
  }

  private static List<String> expected(List<String> lines, int from) {
    int next = from;
    while (next < lines.size() && lines.get(next).isBlank()) {
      next++;
    }
    return next < lines.size() && lines.get(next).equals("```text")
        ? List.copyOf(lines.subList(next + 1, end(lines, next + 1)))
        : List.of();
  }

  /// The expected lines that no line of an output matches, whatever the spaces.
  public List<String> missingIn(String output) {
    List<String> printed = output.lines().map(CommandBlock::squeezed).toList();
    return expected.stream()
        .filter(line -> !line.isBlank())
        .filter(line -> {
          Pattern pattern = Pattern.compile(Pattern.quote(squeezed(line)).replace("…", "\\E.*\\Q"));
          return printed.stream().noneMatch(one -> pattern.matcher(one).matches());
        })
        .toList();
  }

  private static String squeezed(String line) {
    return line.strip().replaceAll("\\s+", " ");
  }

  @Override
  public String toString() {
    return document + ":" + line;
  }
}
