package io.chronoscope.cli.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Collects the licenses and notices that jars carry, and lists each jar with what it says of its
/// license.
final class Licenses {

  private static final Pattern TEXT =
      Pattern.compile(
          "(?i)^(META-INF/)?(LICENSE|LICENCE|NOTICE|COPYING|COPYRIGHT|ThirdPartyNotices)[^/]*$");
  private static final Pattern POM = Pattern.compile("^META-INF/maven/.*/pom\\.xml$");
  private static final Pattern NAME_IN_POM =
      Pattern.compile("<license>\\s*<name>\\s*([^<]+?)\\s*</name>");

  private final Path folder;
  private final List<String> components = new ArrayList<>();

  /// @param folder receives a folder for each jar
  Licenses(Path folder) {
    this.folder = folder;
  }

  void add(Path jar) throws IOException {
    String name = String.valueOf(jar.getFileName()).replaceFirst("\\.jar$", "");
    Set<String> stated = new LinkedHashSet<>();
    List<String> texts = new ArrayList<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
        if (!entry.isDirectory() && TEXT.matcher(entry.getName()).matches()) {
          String file = entry.getName().replace('/', '-');
          Path copy = folder.resolve(name).resolve(file);
          Files.createDirectories(folder.resolve(name));
          try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, copy);
          }
          texts.add(file);
        } else if (POM.matcher(entry.getName()).matches()) {
          try (InputStream in = zip.getInputStream(entry)) {
            Matcher found =
                NAME_IN_POM.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            while (found.find()) {
              stated.add(found.group(1));
            }
          }
        }
      }
    }
    components.add(
        "%s\t%s\t%s"
            .formatted(
                name,
                stated.isEmpty() ? "see its project" : String.join(" / ", stated),
                texts.isEmpty() ? "-" : String.join(", ", texts)));
  }

  /// Writes the list of all jars.
  void write() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("jar\tlicense stated in its POM\ttexts beside this file");
    components.stream().sorted().forEach(lines::add);
    Files.createDirectories(folder);
    Files.write(folder.resolve("COMPONENTS.tsv"), lines);
  }
}
