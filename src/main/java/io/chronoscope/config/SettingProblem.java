package io.chronoscope.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Says what is wrong with a setting in the terms of the person who set it, where the configuration
/// library names its own classes.
final class SettingProblem {

  private static final Pattern BAD_VALUE =
      Pattern.compile(
          "SRCFG\\d+: The config property (\\S+) with the config value \"(.*)\" threw an Exception"
              + " whilst being converted (.*)",
          Pattern.DOTALL);

  private static final Pattern EMPTY =
      Pattern.compile("SRCFG\\d+: The config property (\\S+) is defined as the empty String");

  private static final Pattern UNKNOWN =
      Pattern.compile("SRCFG\\d+: (\\S+) in (.*) does not map to any root");

  private static final Pattern FILE =
      Pattern.compile("PropertiesConfigSource\\[source=(?:file:)?(.*)]:(\\d+)");

  private static final Pattern NOT_A_NUMBER = Pattern.compile("Expected an? (\\w+) value, got ");

  private static final Pattern NOT_A_CONSTANT =
      Pattern.compile("Cannot convert .* to enum .*, allowed values: (.*)", Pattern.DOTALL);

  private SettingProblem() {}

  /// @param problem as the library words it
  static String of(String problem) {
    Matcher bad = BAD_VALUE.matcher(problem);
    if (bad.find()) {
      return "%s is \"%s\": %s".formatted(bad.group(1), bad.group(2), reason(bad.group(3)));
    }
    Matcher empty = EMPTY.matcher(problem);
    if (empty.find()) {
      return empty.group(1) + " is empty; remove it to use its default";
    }
    Matcher unknown = UNKNOWN.matcher(problem);
    if (unknown.find()) {
      return "%s%s is not a setting%s"
          .formatted(
              unknown.group(1),
              place(unknown.group(2)),
              EnvironmentVariables.settingLike(unknown.group(1))
                  .map(one -> "; did you mean " + one + "?")
                  .orElse("; docs/reference/settings.md lists all"));
    }
    return withoutException(problem).replaceFirst("\\ASRCFG\\d+: ", "");
  }

  private static String reason(String words) {
    if (words.startsWith("Invalid duration: ")) {
      return "not a duration such as 500ms, 30s or 10m";
    }
    if (words.contains("[BbKkMmGgTtPpEeZzYy]")) {
      return "not a size such as 512M or 4G";
    }
    Matcher number = NOT_A_NUMBER.matcher(words);
    if (number.find()) {
      return number.group(1).equals("double") ? "not a number" : "not a whole number";
    }
    Matcher constant = NOT_A_CONSTANT.matcher(words);
    if (constant.find()) {
      return "not one of " + constant.group(1).replace(",", ", ");
    }
    return withoutException(words);
  }

  private static String withoutException(String words) {
    return words.replaceFirst("\\A(?:[a-z]\\w*\\.)*\\w+Exception: ", "");
  }

  private static String place(String source) {
    Matcher file = FILE.matcher(source);
    return file.find() ? " (%s, line %s)".formatted(file.group(1), file.group(2)) : "";
  }
}
