package io.chronoscope.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.supply.Sbom.Component;
import io.chronoscope.supply.Sbom.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdvisoryTest {

  private static final String OSV =
      """
      {"id": "GHSA-xxxx", "summary": "a hole", "affected": [
        {"package": {"ecosystem": "npm", "name": "org.example:lib"},
         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]},
        {"package": {"ecosystem": "Maven", "name": "org.example:lib"},
         "ranges": [{"type": "ECOSYSTEM", "events": [
           {"introduced": "1.2"}, {"fixed": "1.4.1"}, {"introduced": "2.0.0"}, {"last_affected": "2.1"}]}],
         "versions": ["3.0-odd"]}]}
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1.1, false",
    "1.2, true",
    "1.4.0, true",
    "1.4.1-SNAPSHOT, true",
    "1.4.1, false",
    "1.10, false",
    "2.0.0.Final, true",
    "2.1, true",
    "2.1.1, false",
    "3.0-odd, true",
    "3.0, false"
  })
  void concernsTheVersionsBetweenItsBounds(String version, boolean expected) throws IOException {
    Files.writeString(folder.resolve("a.json"), OSV);
    List<Advisory> found = new ArrayList<>();
    Advisory.database(folder, found::add);

    assertThat(found).hasSize(1);
    assertThat(found.getFirst().concerns(component("org.example", version))).isEqualTo(expected);
    assertThat(found.getFirst().concerns(component("org.other", version))).isFalse();
  }

  @Test
  void readsAZipAndLeavesOutWhatWasWithdrawn() throws IOException {
    Path zip = folder.resolve("all.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String entry :
          List.of(OSV, OSV.replaceFirst("\\{", "{\"withdrawn\": \"2026-01-01T00:00:00Z\","))) {
        out.putNextEntry(new ZipEntry(entry.hashCode() + ".json"));
        out.write(entry.getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
      }
    }
    List<Advisory> found = new ArrayList<>();
    Advisory.database(zip, found::add);

    assertThat(found).extracting(Advisory::id).containsExactly("GHSA-xxxx");
  }

  private static Component component(String group, String version) {
    return new Component(group, "lib", version, "lib.jar", "", Scope.REQUIRED);
  }
}
