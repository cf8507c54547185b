package io.chronoscope.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import io.chronoscope.broker.FreePorts;
import io.chronoscope.cli.console.FileTree;
import io.chronoscope.search.opensearch.OpenSearchServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A real node of OpenSearch with k-NN, in its own process on its own class path, which Maven
/// resolves (`src/test/opensearch`). One node serves all tests of this JVM. `-Dopensearch=none`
/// leaves these tests out.
public final class OpenSearchNode {

  private static final Path PROJECT = Path.of("src/test/opensearch");
  private static final Path BUILT = Path.of("target/opensearch");
  private static final String READY = "started";
  private static final AtomicInteger INDEXES = new AtomicInteger();

  private static @Nullable OpenSearchNode running;

  private final int port;

  private OpenSearchNode(int port) {
    this.port = port;
  }

  /// The node, which is started for the first of the tests.
  public static synchronized OpenSearchNode shared() throws IOException, InterruptedException {
    if (System.getProperty("opensearch", "").equals("none")) {
      abort("-Dopensearch=none: the index on OpenSearch is not tested");
    }
    OpenSearchNode node = running;
    if (node == null) {
      build();
      node = start();
      running = node;
    }
    return node;
  }

  /// An index of a name that no other test uses.
  public OpenSearchServer newIndex() {
    return index("test-" + INDEXES.incrementAndGet());
  }

  public OpenSearchServer index(String name) {
    return new OpenSearchServer(
        URI.create("http://127.0.0.1:" + port), name, Optional.empty(), Optional.empty(), 1);
  }

  private static void build() throws IOException, InterruptedException {
    Path classpath = BUILT.resolve("classpath");
    Path pom = PROJECT.resolve("pom.xml");
    if (Files.exists(classpath)
        && Files.getLastModifiedTime(classpath).compareTo(Files.getLastModifiedTime(pom)) > 0) {
      return;
    }
    Process maven =
        new ProcessBuilder("./mvnw", "-B", "-q", "-f", pom.toString(), "process-classes")
            .redirectErrorStream(true)
            .start();
    String output = new String(maven.getInputStream().readAllBytes());
    if (maven.waitFor() != 0) {
      throw new IllegalStateException(
          "OpenSearch does not resolve; -Dopensearch=none leaves these tests out\n" + output);
    }
  }

  private static OpenSearchNode start() throws IOException {
    List<Integer> ports = FreePorts.other(FreePorts.one(), 2);
    Path home = Files.createTempDirectory("opensearch");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                String.join(
                    ":",
                    BUILT.resolve("classes").toString(),
                    BUILT.resolve("k-nn") + "/*",
                    Files.readString(BUILT.resolve("classpath")).strip()),
                "io.chronoscope.testing.opensearch.Node",
                ports.getFirst().toString(),
                ports.getLast().toString(),
                home.toString())
            .redirectError(home.resolve("errors").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(process, home)));
    BufferedReader output = process.inputReader();
    for (String line = output.readLine(); !READY.equals(line); line = output.readLine()) {
      if (line == null) {
        throw new IllegalStateException(
            "OpenSearch does not start: " + Files.readString(home.resolve("errors")));
      }
    }
    return new OpenSearchNode(ports.getFirst());
  }

  private static void stop(Process process, Path home) {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
      FileTree.delete(home);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException e) {
      // A temporary folder that stays behind.
    }
  }
}
