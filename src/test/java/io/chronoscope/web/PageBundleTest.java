package io.chronoscope.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.domain.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The committed bundle of the page is the one that its sources build, as far as that can be said
/// without Node: `bundle.json` holds the digests of both. `npm run check` in `src/main/web` builds
/// it again.
class PageBundleTest {

  private static final Path SOURCES = Path.of("src/main/web");
  private static final Path BUNDLE = Path.of("src/main/resources/META-INF/resources");
  private static final Pattern INLINE =
      Pattern.compile("<script(?![^>]*\\ssrc=)|<style|\\s(style|on\\w+)=|https?://");

  @Test
  void bundleIsBuiltFromTheSources() throws IOException {
    JsonNode list = new ObjectMapper().readTree(SOURCES.resolve("bundle.json").toFile());
    Map<String, String> sources = new TreeMap<>(digests(SOURCES.resolve("src"), SOURCES));
    for (String name : Set.of("build.mjs", "package-lock.json")) {
      sources.put(name, digest(SOURCES.resolve(name)));
    }

    assertThat(sources)
        .as("sources that changed since `npm run build` in src/main/web")
        .isEqualTo(listed(list.get("sources")));
    assertThat(digests(BUNDLE, BUNDLE))
        .as("files of the bundle")
        .containsAllEntriesOf(listed(list.get("outputs")));
  }

  /// What the content security policy of the service forbids.
  @Test
  void documentHasNothingInlineAndNamesNoOtherHost() throws IOException {
    assertThat(Files.readString(BUNDLE.resolve("index.html"))).doesNotContainPattern(INLINE);
  }

  @Test
  void bundleCarriesTheLicensesOfItsLibraries() throws IOException {
    String licenses = Files.readString(BUNDLE.resolve("licenses.txt"));
    Set<String> libraries = new TreeSet<>();
    new ObjectMapper()
        .readTree(SOURCES.resolve("package.json").toFile())
        .get("dependencies")
        .fieldNames()
        .forEachRemaining(libraries::add);

    assertThat(libraries).isNotEmpty().allMatch(name -> licenses.contains(name + " "));
    assertThat(licenses).doesNotContain("No license file in the package.");
  }

  private static Map<String, String> listed(JsonNode digests) {
    Map<String, String> found = new TreeMap<>();
    digests.fields().forEachRemaining(one -> found.put(one.getKey(), one.getValue().textValue()));
    return found;
  }

  private static Map<String, String> digests(Path folder, Path root) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .forEach(
              file -> found.put(root.relativize(file).toString().replace('\\', '/'), digest(file)));
    }
    return found;
  }

  private static String digest(Path file) {
    try {
      return Sha256.hex(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IllegalStateException(file.toString(), e);
    }
  }
}
