package io.chronoscope.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Documents name files, headings, classes and packages that exist.
class DocumentsTest {

  private static final int README_MAX_BYTES = 8 * 1024;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern CLASS_NAME = Pattern.compile("[A-Z][a-z0-9]\\w*[a-z]\\w*");
  private static final Pattern PACKAGE_ROW = Pattern.compile("^\\| (`[a-z][^|]*) \\|");

  @Test
  void readmeIsShort() throws IOException {
    assertThat(Files.size(Path.of("README.md"))).isLessThan(README_MAX_BYTES);
  }

  @Test
  void relativeLinksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(withoutCodeBlocks(Files.readString(document)));
      while (link.find()) {
        String target = link.group(1);
        if (target.contains("://") || target.startsWith("mailto:")) {
          continue;
        }
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty() ? document : sibling(document, file);
        if (!Files.exists(path)) {
          broken.add(document + ": " + target);
        } else if (hash >= 0 && !anchors(path).contains(target.substring(hash + 1))) {
          broken.add(document + ": no heading for " + target);
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void everyDocumentIsReachedFromTheReadme() throws IOException {
    Set<Path> reached = new TreeSet<>();
    List<Path> open = new ArrayList<>(List.of(Path.of("README.md")));
    while (!open.isEmpty()) {
      Path document = open.removeLast().normalize();
      if (!document.toString().endsWith(".md") || !reached.add(document)) {
        continue;
      }
      Matcher link = LINK.matcher(withoutCodeBlocks(Files.readString(document)));
      while (link.find()) {
        String file = link.group(1).replaceAll("#.*", "");
        if (!file.isEmpty() && !file.contains("://") && Files.exists(sibling(document, file))) {
          open.add(sibling(document, file));
        }
      }
    }

    assertThat(reached)
        .containsAll(
            documents().stream()
                .map(Path::normalize)
                .filter(document -> document.startsWith("docs") || document.startsWith("kafka"))
                .toList());
  }

  @Test
  void architectureAndDesignNameClassesThatExist() throws IOException {
    Set<String> known = classNames();
    List<String> unknown = new ArrayList<>();
    for (Path document : documents()) {
      boolean aboutCode =
          document.startsWith("docs/design")
              || document.equals(Path.of("docs/architecture.md"))
              || document.equals(Path.of("CONTRIBUTING.md"));
      if (!aboutCode) {
        continue;
      }
      Matcher code = CODE.matcher(withoutCodeBlocks(Files.readString(document)));
      while (code.find()) {
        String name = code.group(1).replaceAll("^(?:[a-z]+\\.)+(?=[A-Z])", "");
        String simple = name.replaceAll("[.#(].*", "");
        if (CLASS_NAME.matcher(simple).matches()
            && simple.chars().filter(Character::isUpperCase).count() > 1
            && !known.contains(simple)) {
          unknown.add(document + ": " + code.group(1));
        }
      }
    }

    assertThat(unknown).isEmpty();
  }

  @Test
  void theTreeNamesEveryPackage() throws IOException {
    Set<String> named =
        Files.readString(Path.of("docs/architecture.md"))
            .lines()
            .map(PACKAGE_ROW::matcher)
            .filter(Matcher::find)
            .flatMap(row -> CODE.matcher(row.group(1)).results().map(found -> found.group(1)))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String name : PackagesTest.FROM_THE_GROUND_UP) {
      assertThat(named)
          .as(name)
          .anyMatch(row ->
              row.equals(name)
                  || row.endsWith(".*") && name.startsWith(row.replaceAll("\\*$", ""))
                  || row.endsWith(".*") && name.equals(row.replaceAll("\\.\\*$", "")));
    }
  }

  private static Path sibling(Path document, String file) {
    Path parent = document.getParent();
    return parent == null ? Path.of(file) : parent.resolve(file).normalize();
  }

  /// As GitHub makes them.
  private static Set<String> anchors(Path document) throws IOException {
    return withoutCodeBlocks(Files.readString(document))
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line ->
            line.replaceFirst("^#+ +", "")
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String withoutCodeBlocks(String text) {
    return text.replaceAll("(?ms)^```.*?^```$", "");
  }

  private static List<Path> documents() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String root : List.of("docs", "kafka", "k8s", "training")) {
      try (Stream<Path> files = Files.walk(Path.of(root))) {
        files
            .filter(file -> file.toString().endsWith(".md") && !file.toString().contains("/runs/"))
            .forEach(found::add);
      }
    }
    for (String name : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")) {
      found.add(Path.of(name));
    }
    return found;
  }

  private static Set<String> classNames() throws IOException {
    Set<String> names = new TreeSet<>();
    // Operators of ONNX Runtime stand in the code as strings.
    Pattern declared = Pattern.compile("(?:\\b(?:class|record|interface|enum) |\")([A-Z]\\w*)");
    for (String root : List.of("src/main/java", "src/test/java")) {
      try (Stream<Path> files = Files.walk(Path.of(root))) {
        for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
          Matcher found = declared.matcher(Files.readString(file));
          while (found.find()) {
            names.add(found.group(1));
          }
        }
      }
    }
    // Of libraries, operators and brokers.
    names.addAll(
        List.of(
            "ConfigMapping",
            "CreateTime",
            "FusedMatMul",
            "GroupQueryAttention",
            "KafkaTopic",
            "KafkaUser",
            "MultiHeadAttention",
            "PrometheusRule"));
    return names;
  }
}
