package io.chronoscope.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.supply.Sbom.Component;
import io.chronoscope.supply.Sbom.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is on the class path of the service, what only in the broker's layer, and that the bill of
/// materials says so.
class LayersIT {

  private static final Path APP = Path.of("target/quarkus-app").toAbsolutePath();
  private static final Path BROKER = APP.resolve("broker");

  @Test
  void theBrokersLayerHoldsExactlyWhatTheProgramLeavesOut() throws IOException {
    Set<String> optional =
        Sbom.read(Sbom.FILE).components().stream()
            .filter(component -> component.scope() == Scope.OPTIONAL)
            .map(Component::file)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(names(BROKER)).isNotEmpty().isEqualTo(optional);
  }

  @Test
  void noJarOfTheServiceHoldsABroker() throws IOException {
    List<Path> jars =
        Stream.of(classPath(APP.resolve("quarkus-run.jar")).split(" "))
            .map(APP::resolve)
            .filter(Files::exists)
            .toList();
    List<String> found = new ArrayList<>();
    for (Path jar : jars) {
      try (JarFile file = new JarFile(jar.toFile())) {
        file.stream()
            .map(java.util.zip.ZipEntry::getName)
            .filter(name -> name.startsWith("kafka/server/") || name.startsWith("scala/"))
            .findFirst()
            .ifPresent(name -> found.add(jar + ": " + name));
      }
    }

    assertThat(jars).hasSizeGreaterThan(100);
    assertThat(found).isEmpty();
  }

  @Test
  void bothJarsStartTheSameProgram() throws IOException {
    Attributes service = manifest(APP.resolve("quarkus-run.jar"));
    Attributes embedded = manifest(APP.resolve("embedded-run.jar"));

    for (Attributes.Name name :
        List.of(Attributes.Name.MAIN_CLASS, new Attributes.Name("Add-Opens"))) {
      assertThat(embedded.getValue(name)).isNotNull().isEqualTo(service.getValue(name));
    }
    assertThat(Arrays.asList(classPath(APP.resolve("embedded-run.jar")).split(" ")))
        .startsWith("quarkus-run.jar")
        .containsAll(names(BROKER).stream().map(name -> "broker/" + name).toList());
  }

  @Test
  void withoutTheLayerTheServiceSaysThatItHasNoBroker() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dchronoscope.home=" + Path.of("").toAbsolutePath(),
                "-jar",
                APP.resolve("quarkus-run.jar").toString(),
                "serve",
                "--embedded",
                "--port",
                "0")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isEqualTo(3);
    assertThat(said).contains("embedded broker is not on this class path").contains("--bootstrap");
    assertThat(said).doesNotContain("\tat ");
  }

  @Test
  void theBillOfMaterialsListsEveryJarByItsDigest() throws Exception {
    Set<String> listed =
        Sbom.read(Sbom.FILE).components().stream()
            .map(Component::sha256)
            .collect(Collectors.toSet());
    List<String> missing = new ArrayList<>();
    int jars = 0;
    for (Path folder : List.of(APP.resolve("lib/boot"), APP.resolve("lib/main"), BROKER)) {
      for (String name : names(folder)) {
        jars++;
        if (!listed.contains(sha256(folder.resolve(name)))) {
          missing.add(name);
        }
      }
    }

    assertThat(missing).isEmpty();
    assertThat(jars).isGreaterThan(200);
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String classPath(Path jar) throws IOException {
    return manifest(jar).getValue(Attributes.Name.CLASS_PATH);
  }

  private static Attributes manifest(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getManifest().getMainAttributes();
    }
  }

  private static String sha256(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
