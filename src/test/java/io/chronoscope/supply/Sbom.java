package io.chronoscope.supply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The bill of materials that the build writes: what the program and its optional layers consist
/// of.
public record Sbom(List<Component> components) {

  /// Where the build puts it.
  public static final Path FILE = Path.of("target/chronoscope-sbom.json");

  /// Whether the program needs a library, or only an optional layer.
  public enum Scope {
    REQUIRED,
    OPTIONAL
  }

  /// A library.
  ///
  /// @param file its jar's name in the packaged program
  /// @param sha256 of the jar as published
  public record Component(
      String group, String name, String version, String file, String sha256, Scope scope) {

    /// Its name among advisories: `group:name`.
    String coordinates() {
      return group + ":" + name;
    }

    @Override
    public String toString() {
      return coordinates() + ":" + version;
    }
  }

  static Sbom read(Path file) throws IOException {
    assertThat(file).as("written by builds without Maven's option -o").exists();
    List<Component> components = new ArrayList<>();
    for (JsonNode one : new ObjectMapper().readTree(file.toFile()).path("components")) {
      components.add(component(one));
    }
    return new Sbom(List.copyOf(components));
  }

  private static Component component(JsonNode one) {
    String group = one.path("group").asText();
    String name = one.path("name").asText();
    String version = one.path("version").asText();
    String purl = one.path("purl").asText();
    String classifier =
        purl.contains("classifier=") ? "-" + purl.replaceFirst(".*classifier=([^&]*).*", "$1") : "";
    String sha256 = "";
    for (JsonNode hash : one.path("hashes")) {
      if (hash.path("alg").asText().equals("SHA-256")) {
        sha256 = hash.path("content").asText();
      }
    }
    return new Component(
        group,
        name,
        version,
        "%s.%s-%s%s.jar".formatted(group, name, version, classifier),
        sha256,
        one.path("scope").asText().equals("optional") ? Scope.OPTIONAL : Scope.REQUIRED);
  }
}
