package io.chronoscope.cli.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.broker.FreePorts;
import io.chronoscope.testing.BrokerProcess;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.ProcessOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Builds the image for CPUs, reads and unpacks its layers as a container runtime does, and runs
/// the service in it: in namespaces of its own, as the image's user, on a read-only file system.
@EnabledIfSystemProperty(named = "os.name", matches = "Linux")
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class ImageIT {

  private static final String SAMPLE = "video-samples/corridor.mp4";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private static Path root;
  private static JsonNode config;
  private static String manifestDigest;
  private static final List<List<String>> LAYERS = new ArrayList<>();

  @BeforeAll
  static void buildsAndUnpacks() throws Exception {
    assumeTrue(
        succeeds("unshare", "-m", "-p", "-f", "true"),
        "namespaces are not allowed here: the image is not run");
    manifestDigest = build(folder.resolve("made"));
    Path layout = folder.resolve("layout");
    Files.createDirectories(layout);
    require("tar", "-xf", archive(folder.resolve("made")).toString(), "-C", layout.toString());
    JsonNode manifest = JSON.readTree(blob(layout, manifestDigest).toFile());
    config = JSON.readTree(blob(layout, manifest.at("/config/digest").asText()).toFile());
    root = Files.createDirectories(folder.resolve("root"));
    for (JsonNode layer : manifest.path("layers")) {
      Path blob = blob(layout, layer.path("digest").asText());
      require("tar", "-xzf", blob.toString(), "-C", root.toString());
      LAYERS.add(run(Map.of(), List.of("tar", "-tzf", blob.toString())).out().lines().toList());
    }
  }

  @Test
  void theSameBuildGivesTheSameImage() throws Exception {
    assertThat(build(folder.resolve("again"))).isEqualTo(manifestDigest);
  }

  @Test
  void whatChangesWithTheCodeIsALayerOfItsOwn() {
    List<List<String>> program =
        LAYERS.stream()
            .filter(layer -> layer.contains("opt/chronoscope/app/quarkus-run.jar"))
            .toList();

    assertThat(program).hasSize(1);
    assertThat(program.getFirst())
        .contains("opt/chronoscope/app/app/chronoscope.jar", "opt/chronoscope/sbom.cdx.json")
        .noneMatch(name -> name.startsWith("opt/chronoscope/app/lib/"))
        .noneMatch(name -> name.startsWith("opt/chronoscope/runtime/"));
    assertThat(LAYERS.stream().filter(layer -> !layer.equals(program.getFirst())))
        .allSatisfy(
            layer -> assertThat(layer).noneMatch(name -> name.matches(".*/app/(app|quarkus)/.+")));
  }

  @Test
  void holdsNoBrokerNoShellAndNothingOfAnotherUser() {
    assertThat(LAYERS.stream().flatMap(List::stream))
        .noneMatch(name -> name.contains("kafka_2.13") || name.contains("scala-library"))
        .noneMatch(name -> name.matches("(usr/)?bin/.+"))
        .anyMatch(name -> name.matches("opt/chronoscope/licenses/COMPONENTS.tsv"));
    assertThat(config.at("/config/User").asText()).isEqualTo("10001:10001");
  }

  @Test
  void saysWhatItIs() throws Exception {
    ProcessOutcome outcome = inside("--version");

    assertThat(outcome.status()).as(outcome.err()).isZero();
    assertThat(outcome.out()).startsWith("chronoscope ").contains("ONNX Runtime", "FFmpeg");
    assertThat(config.at("/config/Labels/org.opencontainers.image.licenses").asText())
        .isEqualTo("Apache-2.0");
  }

  @Test
  void analyzesAVideo() throws Exception {
    ProcessOutcome there =
        inside("analyze", "/tmp/sample.mp4", "--start-time", "2026-01-01T00:00:00Z", "--json");

    assertThat(there.status()).as(there.err()).isZero();
    assertThat(there.out()).contains("io.chronoscope.event");
  }

  @Test
  void saysThatItHasNoBroker() throws Exception {
    ProcessOutcome outcome = inside("serve", "--embedded");

    assertThat(outcome.status()).isEqualTo(3);
    assertThat(outcome.err()).contains("images come without it");
  }

  @Test
  void servesAsItsUserUntilItIsTerminated() throws Exception {
    try (BrokerProcess broker = new BrokerProcess(folder.resolve("broker"))) {
      int port = FreePorts.one();
      Map<String, String> settings =
          Map.of(
              "KAFKA_BOOTSTRAP_SERVERS",
              broker.bootstrapServers(),
              "CHRONOSCOPE_HTTP_PORT",
              "0",
              "CHRONOSCOPE_MANAGEMENT_PORT",
              Integer.toString(port),
              "CHRONOSCOPE_SEARCH_DIRECTORY",
              "memory");
      Path log = folder.resolve("serve.log");
      Process process =
          new ProcessBuilder(command(settings, List.of()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        awaitReady(port, process, log);
        // `unshare` has one child, which became the program; that one has workers.
        ProcessHandle java = process.children().findFirst().orElseThrow();
        assertThat(Files.readString(Path.of("/proc/" + java.pid() + "/status")))
            .containsPattern("Uid:\\s+10001\\s+10001")
            .containsPattern("CapEff:\\s+0000000000000000");
        java.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static void awaitReady(int port, Process process, Path log) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/q/health/ready")).build();
    long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      try {
        if (http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new AssertionError("the image did not become ready\n" + Files.readString(log));
  }

  private static String build(Path out) throws Exception {
    ProcessOutcome outcome =
        run(
            System.getenv(),
            PackagedProgram.command(
                List.of(), List.of("image", "--variant", "cpu", "--out", out.toString())));
    assertThat(outcome.status()).as(outcome.err()).isZero();
    require("sh", "-c", "cd '%s' && sha256sum --quiet -c *.sha256".formatted(out));
    try (InputStream index =
        new ProcessBuilder("tar", "-xOf", archive(out).toString(), "index.json")
            .start()
            .getInputStream()) {
      return JSON.readTree(index).at("/manifests/0/digest").asText();
    }
  }

  private static Path archive(Path out) throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files.filter(file -> file.toString().endsWith(".tar")).findFirst().orElseThrow();
    }
  }

  private static Path blob(Path layout, String digest) {
    return layout.resolve("blobs/sha256").resolve(digest.replaceFirst("^sha256:", ""));
  }

  private static ProcessOutcome inside(String... arguments) throws Exception {
    return run(System.getenv(), command(Map.of(), List.of(arguments)));
  }

  /// What a container runtime does: mounts, a read-only root, the user, the environment and the
  /// entry point of the image.
  private static List<String> command(Map<String, String> environment, List<String> arguments) {
    Map<String, String> all = new TreeMap<>();
    config
        .at("/config/Env")
        .forEach(one -> all.put(one.asText().split("=", 2)[0], one.asText().split("=", 2)[1]));
    all.putAll(environment);
    List<String> entry = new ArrayList<>();
    config.at("/config/Entrypoint").forEach(word -> entry.add(word.asText()));
    if (arguments.isEmpty()) {
      config.at("/config/Cmd").forEach(word -> entry.add(word.asText()));
    }
    entry.addAll(arguments);
    String script =
        """
        set -e
        root=$1; sample=$2; user=$3; shift 3
        mount --bind "$root" "$root"
        mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
        cp "$sample" "$root/tmp/sample.mp4"
        mount -t proc proc "$root/proc"
        mount --bind /dev "$root/dev"
        mount -o remount,bind,ro "$root"
        exec chroot --userspec="$user" "$root" "$@"
        """;
    List<String> command =
        new ArrayList<>(List.of("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    all.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(
        List.of(
            "unshare",
            "-m",
            "-p",
            "-f",
            "sh",
            "-c",
            script,
            "image",
            root.toString(),
            PackagedProgram.HOME.resolve(SAMPLE).toString(),
            config.at("/config/User").asText()));
    command.addAll(entry);
    return command;
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return run(System.getenv(), List.of(command)).status() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void require(String... command) throws Exception {
    ProcessOutcome outcome = run(System.getenv(), List.of(command));
    assertThat(outcome.status()).as(String.join(" ", command) + "\n" + outcome.err()).isZero();
  }

  private static ProcessOutcome run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return ProcessOutcome.of(builder, folder);
  }
}
