package io.chronoscope.cli.console;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks files and folders that the user names: a mistyped one is wrong usage, whatever the
/// command would have done with it.
public final class InputFiles {

  private InputFiles() {}

  /// @throws ConfigurationException unless it is a readable file
  public static void requireFile(Path file) {
    if (Files.isDirectory(file)) {
      throw new ConfigurationException(file + " is a folder; name a file in it");
    }
    requireReadable(file, "file");
  }

  /// @throws ConfigurationException unless it is a readable folder
  public static void requireFolder(Path folder) {
    if (Files.isRegularFile(folder)) {
      Path parent = folder.getParent();
      throw new ConfigurationException(
          "%s is a file; name its folder, %s".formatted(folder, parent == null ? "." : parent));
    }
    requireReadable(folder, "folder");
  }

  /// @param option that names the folder, which is created if it is missing
  /// @throws ConfigurationException when it is a file
  public static void requireOutputFolder(String option, Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new ConfigurationException(
          "%s: %s is a file, and a folder is needed".formatted(option, folder));
    }
  }

  private static void requireReadable(Path path, String kind) {
    if (!Files.exists(path)) {
      throw new ConfigurationException(
          "there is no %s %s%s".formatted(kind, path, similar(path).orElse("")));
    }
    if (!Files.isReadable(path)) {
      throw new ConfigurationException("no permission to read " + path);
    }
  }

  /// A neighbor with the same name in another case, with another extension, or mistyped.
  private static Optional<String> similar(Path path) {
    Path parent = path.getParent() == null ? Path.of("") : path.getParent();
    String stem = stem(path);
    List<Path> neighbors = list(parent);
    return neighbors.stream()
        .filter(other -> stem(other).equalsIgnoreCase(stem))
        .min(
            Comparator.comparing(
                    (Path other) -> !extension(other).equalsIgnoreCase(extension(path)))
                .thenComparing(other -> other))
        .or(() ->
            Spelling.nearest(
                    String.valueOf(path.getFileName()),
                    neighbors.stream().map(other -> String.valueOf(other.getFileName())).toList())
                .map(name -> path.getParent() == null ? Path.of(name) : parent.resolve(name)))
        .map(other -> "; did you mean " + other + "?");
  }

  private static String stem(Path path) {
    String name = String.valueOf(path.getFileName());
    int dot = name.indexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }

  private static String extension(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
