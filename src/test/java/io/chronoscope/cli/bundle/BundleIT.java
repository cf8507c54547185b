package io.chronoscope.cli.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.ProcessOutcome;
import io.chronoscope.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Makes a bundle of the packaged program, unpacks its archive elsewhere and runs it there with an
/// empty environment, an empty home and, where the system allows it, no network.
@EnabledIfSystemProperty(named = "os.name", matches = "Linux")
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class BundleIT {

  private static final String SAMPLE = "video-samples/corridor.mp4";

  @TempDir static Path folder;

  private static Path bundle;

  @BeforeAll
  static void makesAndUnpacks() throws Exception {
    Path made = folder.resolve("made");
    ProcessOutcome outcome =
        run(
            folder,
            System.getenv(),
            packaged(
                "bundle",
                "--target",
                "linux-x64",
                "--out",
                made.toString(),
                "--without-start-caches"));
    assertThat(outcome.status()).as(outcome.err()).isZero();
    Path archive;
    try (Stream<Path> files = Files.list(made)) {
      archive = files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
    Path elsewhere = Files.createDirectories(folder.resolve("else where"));
    assertThat(run(made, System.getenv(), List.of("sha256sum", "-c", archive + ".sha256")).status())
        .isZero();
    assertThat(run(elsewhere, System.getenv(), List.of("tar", "-xf", archive.toString())).status())
        .isZero();
    // Nothing of what was made may be needed.
    assertThat(run(folder, System.getenv(), List.of("rm", "-r", made.toString())).status())
        .isZero();
    try (Stream<Path> unpacked = Files.list(elsewhere)) {
      bundle = unpacked.findFirst().orElseThrow();
    }
  }

  @Test
  void checksumsHold() throws Exception {
    ProcessOutcome outcome =
        run(bundle, System.getenv(), List.of("sha256sum", "--quiet", "-c", "SHA256SUMS"));

    assertThat(outcome.status()).as(outcome.out()).isZero();
  }

  @Test
  void answersAsTheCheckoutDoes() throws Exception {
    String sample = bundle.resolve(SAMPLE).toString();
    String[] command = {"analyze", sample, "--start-time", "2026-01-01T00:00:00Z", "--json"};
    ProcessOutcome there = runBundle(command);
    ProcessOutcome here = run(PackagedProgram.HOME, System.getenv(), packaged(command));

    assertThat(there.status()).as(there.err()).isZero();
    assertThat(there.out()).contains("io.chronoscope.event");
    assertThat(withoutLag(there.out())).isEqualTo(withoutLag(here.out()));
  }

  /// How long ago the video was recorded depends on when it is analyzed.
  private static String withoutLag(String json) {
    return json.replaceAll("\"lagMs\":\\d+", "\"lagMs\":0");
  }

  @Test
  void hasNoNativeLibraryOfAnotherPlatform() throws Exception {
    PlatformJars platform = new PlatformJars(Target.LINUX_X64);
    List<String> foreign = new ArrayList<>();
    for (Path jar : Checksums.files(bundle.resolve("app"))) {
      if (jar.toString().endsWith(".jar")) {
        try (var zip = new java.util.zip.ZipFile(jar.toFile())) {
          zip.stream()
              .map(java.util.zip.ZipEntry::getName)
              .filter(name -> !platform.keeps(name))
              .forEach(foreign::add);
        }
      }
    }

    assertThat(foreign).isEmpty();
  }

  /// All but FFmpeg, which the build takes for one platform (`-Djavacpp.platform`), and Brotli, a
  /// compression for HTTP whose absence leaves gzip.
  @Test
  void everyLibraryIsThereForTheOtherPlatform() throws Exception {
    List<String> onlyHere = new ArrayList<>();
    for (Path jar : Checksums.files(PackagedProgram.HOME.resolve("target/quarkus-app"))) {
      if (jar.toString().endsWith(".jar") && !jar.toString().contains("brotli4j")) {
        try (var zip = new java.util.zip.ZipFile(jar.toFile())) {
          List<String> libraries =
              zip.stream()
                  .map(java.util.zip.ZipEntry::getName)
                  .filter(name -> name.endsWith(".so") && !name.startsWith("org/bytedeco/"))
                  .toList();
          if (libraries.stream().anyMatch(Target.LINUX_X64::owns)
              && libraries.stream().noneMatch(Target.LINUX_ARM64::owns)) {
            onlyHere.add(jar.getFileName().toString());
          }
        }
      }
    }

    assertThat(onlyHere).isEmpty();
  }

  @Test
  void runsWithAnInstalledRuntimeWhereNoneIsInside() throws Exception {
    Path made = folder.resolve("without");
    List<String> line = List.of("bundle", "--target", "linux-x64", "--without-runtime", "--json");
    List<String> out = List.of("--out", made.toString());
    ProcessOutcome outcome =
        run(
            folder,
            System.getenv(),
            packaged(Stream.of(line, out).flatMap(List::stream).toArray(String[]::new)));
    assertThat(outcome.status()).as(outcome.err()).isZero();
    Path without = Path.of(Json.parse(outcome.out().getBytes(UTF_8)).path("folder").textValue());
    assertThat(without.resolve("runtime")).doesNotExist();

    ProcessOutcome version =
        run(
            folder,
            Map.of(
                "PATH",
                "/usr/bin:/bin",
                "CHRONOSCOPE_START_CACHE",
                "off",
                "CHRONOSCOPE_JAVA_HOME",
                System.getProperty("java.home")),
            List.of(without.resolve("chronoscope").toString(), "--version"));

    assertThat(version.status()).as(version.err()).isZero();
    assertThat(version.out()).contains("chronoscope ", System.getProperty("java.version"));
  }

  @Test
  void saysWhatAnotherPlatformTakes() throws Exception {
    String target = "linux-arm64";
    String to = folder.resolve("arm").toString();
    ProcessOutcome inside =
        run(folder, System.getenv(), packaged("bundle", "--target", target, "--out", to));
    assertThat(inside.status()).isEqualTo(3);
    assertThat(inside.err()).contains("--without-runtime");

    ProcessOutcome without =
        run(
            folder,
            System.getenv(),
            packaged("bundle", "--target", target, "--without-runtime", "--out", to));
    assertThat(without.status()).isEqualTo(3);
    assertThat(without.err()).contains("build -Djavacpp.platform=linux-arm64");
  }

  @Test
  void statesItsLicenses() {
    assertThat(bundle.resolve("LICENSE")).exists();
    assertThat(bundle.resolve("NOTICE")).exists();
    assertThat(bundle.resolve("licenses/COMPONENTS.tsv")).content().contains("ffmpeg");
    assertThat(bundle.resolve("runtime/legal/java.base")).isNotEmptyDirectory();
  }

  @Test
  void refusesWhatNeedsACheckoutOrADevice() throws Exception {
    ProcessOutcome bundling = runBundle("bundle", "--target", "linux-x64", "--out", "x");
    assertThat(bundling.status()).isEqualTo(2);
    assertThat(bundling.err()).contains("needs a checkout");

    ProcessOutcome cuda = runBundle("selfcheck", "--device", "cuda");
    assertThat(cuda.status()).isEqualTo(3);
    assertThat(cuda.err()).contains("cuda").contains("-Pcuda13");
  }

  /// The launcher takes it for a current one; the JVM does not.
  @Test
  void aStartCacheThatDoesNotFitIsIgnoredSilently() throws Exception {
    Path caches = Files.createDirectories(bundle.resolve("start-cache"));
    for (String cache : List.of("commands.aot", "service.aot", "embedded.aot")) {
      Files.writeString(caches.resolve(cache), "recorded with another JVM");
    }
    String identify = ". lib/start.sh; JAVA=$PWD/runtime/bin/java; identify_java; echo $IDENTITY";
    ProcessOutcome identity = run(bundle, System.getenv(), List.of("sh", "-c", identify));
    Files.writeString(caches.resolve("recorded-for"), identity.out());

    ProcessOutcome outcome =
        run(
            bundle,
            Map.of("CHRONOSCOPE_START_CACHE", "auto"),
            List.of(bundle.resolve("chronoscope").toString(), "--version"));

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out()).startsWith("chronoscope ").doesNotContain("[warning]");
    assertThat(outcome.err()).isEmpty();
  }

  private static ProcessOutcome runBundle(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (run(folder, System.getenv(), List.of("unshare", "-n", "true")).status() == 0) {
      command.addAll(List.of("unshare", "-n"));
    }
    command.add(bundle.resolve("chronoscope").toString());
    command.addAll(List.of(arguments));
    Path home = Files.createDirectories(folder.resolve("home"));
    return run(
        home,
        Map.of("HOME", home.toString(), "PATH", "/usr/bin:/bin", "CHRONOSCOPE_START_CACHE", "off"),
        command);
  }

  private static List<String> packaged(String... arguments) {
    return PackagedProgram.command(List.of(), List.of(arguments));
  }

  private static ProcessOutcome run(
      Path directory, Map<String, String> environment, List<String> command)
      throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return ProcessOutcome.of(builder, folder);
    } catch (IOException e) {
      return new ProcessOutcome(127, "", String.valueOf(e.getMessage()));
    }
  }
}
