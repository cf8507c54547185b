package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The table of settings in the documents is written from [ChronoscopeConfig]: names, variables,
/// defaults and sentences. After a change of a setting, `./mvnw -Dquick -Dtest=SettingsTableTest
/// -Dwrite-docs=true test` writes it again.
class SettingsTableTest {

  private static final Path DOCUMENT = Path.of("docs/reference/settings.md");
  private static final Path SOURCE =
      Path.of("src/main/java/io/chronoscope/config/ChronoscopeConfig.java");
  private static final String HEADING =
      "| setting | environment | default | what it does |\n|---|---|---|---|\n";
  private static final Pattern GROUP = Pattern.compile("^  interface (\\w+) \\{$");
  private static final Pattern METHOD = Pattern.compile("^ +[\\w<>., ]+ (\\w+)\\(\\);$");

  @Test
  void theDocumentListsEverySettingAsItIsDeclared() throws IOException {
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf(HEADING);
    assertThat(begin).as("the table's heading in " + DOCUMENT).isNotNegative();
    int end = document.indexOf("\n\n", begin) + 1;
    String expected = document.substring(0, begin) + table() + document.substring(end);
    if (Boolean.getBoolean("write-docs")) {
      Files.writeString(DOCUMENT, expected);
      return;
    }

    assertThat(document).isEqualTo(expected);
  }

  private static String table() throws IOException {
    Map<String, String> sentences = sentences();
    StringBuilder table = new StringBuilder(HEADING);
    for (Method setting : declared(ChronoscopeConfig.class)) {
      Class<?> type = setting.getReturnType();
      if (type.getEnclosingClass() == ChronoscopeConfig.class) {
        for (Method inner : declared(type)) {
          table.append(
              row(
                  "chronoscope." + dashed(setting.getName()) + "." + dashed(inner.getName()),
                  inner,
                  sentences.get(type.getSimpleName() + "." + inner.getName())));
        }
      } else if (!setting.getName().equals("home")) {
        // Home is set by the launcher.
        table.append(
            row(
                "chronoscope." + dashed(setting.getName()),
                setting,
                sentences.get(setting.getName())));
      }
    }
    return table.toString();
  }

  private static String row(String key, Method setting, String sentence) {
    assertThat(sentence).as("documentation of " + key).isNotBlank();
    if (setting.getReturnType() == Map.class) {
      return row(key + ".ID", setting.getAnnotation(WithDefault.class), sentence);
    }
    return row(key, setting.getAnnotation(WithDefault.class), sentence);
  }

  private static String row(String key, @Nullable WithDefault given, String sentence) {
    return "| `%s` | `%s` | %s | %s |\n"
        .formatted(
            key,
            key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'),
            defaultOf(given),
            sentence);
  }

  private static String defaultOf(@Nullable WithDefault given) {
    if (given == null) {
      return "–";
    }
    String shown = given.value();
    if (shown.startsWith("${")) {
      // An expression whose own default comes after its first colon.
      shown = shown.substring(shown.indexOf(':') + 1, shown.length() - 1);
    }
    return "`" + shown + "`";
  }

  /// The settings of a group in the order of the source, which reflection does not promise.
  private static List<Method> declared(Class<?> group) throws IOException {
    List<String> order = new ArrayList<>(sentences().keySet());
    String prefix = group == ChronoscopeConfig.class ? "" : group.getSimpleName() + ".";
    Map<Integer, Method> inOrder = new TreeMap<>();
    for (Method setting : group.getDeclaredMethods()) {
      if (!setting.isSynthetic()) {
        int at = order.indexOf(prefix + setting.getName());
        assertThat(at).as(prefix + setting.getName() + " in the source").isNotNegative();
        inOrder.put(at, setting);
      }
    }
    return List.copyOf(inOrder.values());
  }

  /// By `method` or `Group.method`; empty for a group.
  private static Map<String, String> sentences() throws IOException {
    Map<String, String> sentences = new java.util.LinkedHashMap<>();
    String group = "";
    StringBuilder sentence = new StringBuilder();
    for (String line : Files.readAllLines(SOURCE)) {
      String code = line.strip();
      Matcher inner = GROUP.matcher(line);
      Matcher method = METHOD.matcher(line);
      if (code.startsWith("///")) {
        sentence.append(sentence.isEmpty() ? "" : " ").append(code.substring(3).strip());
      } else if (inner.matches()) {
        group = inner.group(1) + ".";
        sentence.setLength(0);
      } else if (method.matches()) {
        sentences.put(group + method.group(1), sentence.toString().replace("|", "\\|"));
        sentence.setLength(0);
      }
    }
    return sentences;
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
