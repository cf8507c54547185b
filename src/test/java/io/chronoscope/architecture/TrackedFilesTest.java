package io.chronoscope.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TrackedFilesTest {

  // Put together here, so that this file does not find itself.
  private static final Pattern REGISTRIES =
      Pattern.compile(
          String.join(
              "|",
              "repo1?\\." + "maven\\.",
              "central\\." + "sonatype",
              "oss\\." + "sonatype",
              "files\\." + "pythonhosted",
              "pypi\\." + "org",
              "registry\\." + "npmjs",
              "jitpack\\." + "io",
              "maven\\." + "google\\.com"));
  private static final Pattern MACHINE_PATHS =
      Pattern.compile("(?<![\\w./~-])/(?:home|root|Users|work)" + "/[a-z]");

  @Test
  void nameNoRegistryAndNoPathOfSomebodysMachine() throws IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    for (String name : tracked()) {
      Path file = Path.of(name);
      if (!Files.isRegularFile(file) || Files.size(file) > 2_000_000) {
        continue;
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      if (text.indexOf('\0') >= 0) {
        continue;
      }
      for (Pattern pattern : List.of(REGISTRIES, MACHINE_PATHS)) {
        pattern
            .matcher(text)
            .results()
            .limit(3)
            .forEach(match -> found.add(name + ": " + match.group()));
      }
    }

    assertThat(found).isEmpty();
  }

  private static List<String> tracked() throws IOException, InterruptedException {
    Process git;
    try {
      git = new ProcessBuilder("git", "ls-files").redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "git is not installed");
      return List.of();
    }
    String listed = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(git.waitFor() == 0, "not a git checkout");
    return listed.lines().toList();
  }
}
