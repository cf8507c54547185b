package io.chronoscope.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// Provides the versions of this program, of the Java runtime and of the libraries that decide what
/// the program computes and speaks.
public final class Version implements IVersionProvider {

  private static final String FILE = "/build.properties";
  private static final List<String> LIBRARIES =
      List.of("ONNX Runtime", "FFmpeg", "Kafka", "Quarkus", "Lucene");

  private static final Properties BUILD = read();

  /// The version of this program.
  public static String number() {
    return property("version").orElse("0.1.0-SNAPSHOT");
  }

  /// The commit that this program was built from, with a note if it was changed.
  ///
  /// @return empty if it was built outside a git checkout
  public static Optional<String> commit() {
    boolean changed = property("uncommitted").filter("true"::equals).isPresent();
    return property("commit").map(id -> changed ? id + " with uncommitted changes" : id);
  }

  @Override
  public String[] getVersion() {
    List<String> lines = new ArrayList<>();
    lines.add("chronoscope " + number() + commit().map(id -> " (commit " + id + ")").orElse(""));
    lines.add("Java " + Runtime.version());
    for (String library : LIBRARIES) {
      property(library).ifPresent(version -> lines.add(library + " " + version));
    }
    return lines.toArray(String[]::new);
  }

  private static Optional<String> property(String name) {
    // A build without Maven leaves the placeholders, one outside a checkout those of git.
    return Optional.ofNullable(BUILD.getProperty(name))
        .filter(value -> !value.isBlank() && !value.startsWith("${"));
  }

  private static Properties read() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(FILE)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FILE, e);
    }
    return properties;
  }
}
