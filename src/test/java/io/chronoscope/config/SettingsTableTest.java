package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SettingsTableTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `(chronoscope\\.[^`]+)` \\| `([A-Z_]+)` \\| (`[^`]*`|–) \\| \\S.*\\|$");

  @Test
  void theReadmeListsEverySettingWithItsVariableAndDefault() throws IOException {
    Map<String, String> written = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        written.put(row.group(1), row.group(2) + " " + row.group(3).replace("`", ""));
      }
    }

    Map<String, String> real = new TreeMap<>();
    collect("chronoscope", ChronoscopeConfig.class, real);
    // Set by the launcher, nobody else's business.
    real.remove("chronoscope.home");

    assertThat(written).isEqualTo(real);
  }

  private static void collect(String prefix, Class<?> group, Map<String, String> into) {
    for (Method setting : group.getDeclaredMethods()) {
      if (setting.isSynthetic()) {
        continue;
      }
      String key = prefix + "." + dashed(setting.getName());
      if (setting.getReturnType().getEnclosingClass() == ChronoscopeConfig.class) {
        collect(key, setting.getReturnType(), into);
        continue;
      }
      WithDefault given = setting.getAnnotation(WithDefault.class);
      String shown = given == null ? "–" : given.value();
      if (shown.startsWith("${")) {
        // An expression whose own default comes after its first colon.
        shown = shown.substring(shown.indexOf(':') + 1, shown.length() - 1);
      }
      into.put(
          key,
          key.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_') + " " + shown);
    }
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
  }
}
