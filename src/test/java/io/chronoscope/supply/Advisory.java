package io.chronoscope.supply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.maven.artifact.versioning.ComparableVersion;

/// A known hole of a library: the versions from one to before another, or named one by one.
///
/// @param coordinates `group:name`
/// @param ranges affected versions
/// @param versions further affected versions
record Advisory(
    String id, String coordinates, List<Range> ranges, List<String> versions, String summary) {

  /// Versions from `introduced` on (`0`: all) to before `fixed`, or up to and including `last`;
  /// without both, all later ones.
  record Range(String introduced, String fixed, String last) {

    boolean holds(String version) {
      ComparableVersion one = new ComparableVersion(version);
      boolean begun =
          introduced.equals("0") || one.compareTo(new ComparableVersion(introduced)) >= 0;
      boolean over =
          !fixed.isEmpty() && one.compareTo(new ComparableVersion(fixed)) >= 0
              || !last.isEmpty() && one.compareTo(new ComparableVersion(last)) > 0;
      return begun && !over;
    }
  }

  boolean concerns(Sbom.Component component) {
    return coordinates.equals(component.coordinates())
        && (versions.contains(component.version())
            || ranges.stream().anyMatch(range -> range.holds(component.version())));
  }

  /// Reads the list of holes that were looked up by hand.
  static List<Advisory> checked(Path list) throws IOException {
    List<Advisory> found = new ArrayList<>();
    for (String line : Files.readAllLines(list)) {
      String[] cells = line.split("\t");
      if (line.startsWith("#") || cells[0].equals("package")) {
        continue;
      }
      if (cells.length != 5) {
        throw new IOException(list + ": five cells expected in " + line);
      }
      found.add(
          new Advisory(
              cells[1], cells[0], List.of(new Range(cells[2], cells[3], "")), List.of(), cells[4]));
    }
    return found;
  }

  /// Reads a database in the OSV format (<https://ossf.github.io/osv-schema>): a folder of JSON
  /// files, or a zip of them, as the databases of OSV and of GitHub are published.
  static void database(Path folderOrZip, Consumer<Advisory> found) throws IOException {
    if (Files.isDirectory(folderOrZip)) {
      try (var files = Files.walk(folderOrZip)) {
        for (Path file : files.filter(one -> one.toString().endsWith(".json")).toList()) {
          osv(Files.readAllBytes(file), found);
        }
      }
      return;
    }
    try (InputStream in = Files.newInputStream(folderOrZip);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".json")) {
          osv(zip.readAllBytes(), found);
        }
      }
    }
  }

  private static void osv(byte[] json, Consumer<Advisory> found) throws IOException {
    JsonNode root = new ObjectMapper().readTree(json);
    if (root.has("withdrawn")) {
      return;
    }
    for (JsonNode affected : root.path("affected")) {
      if (!affected.path("package").path("ecosystem").asText().startsWith("Maven")) {
        continue;
      }
      List<Range> ranges = new ArrayList<>();
      for (JsonNode range : affected.path("ranges")) {
        String introduced = null;
        for (JsonNode event : range.path("events")) {
          if (event.has("introduced")) {
            if (introduced != null) {
              ranges.add(new Range(introduced, "", ""));
            }
            introduced = event.path("introduced").asText();
          } else if (introduced != null) {
            ranges.add(
                new Range(
                    introduced,
                    event.path("fixed").asText(""),
                    event.path("last_affected").asText("")));
            introduced = null;
          }
        }
        if (introduced != null) {
          ranges.add(new Range(introduced, "", ""));
        }
      }
      List<String> versions = new ArrayList<>();
      affected.path("versions").forEach(version -> versions.add(version.asText()));
      found.accept(
          new Advisory(
              root.path("id").asText(),
              affected.path("package").path("name").asText(),
              ranges,
              versions,
              root.path("summary").asText()));
    }
  }
}
